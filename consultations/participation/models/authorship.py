"""Who works on a proposal."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import User
from consultations.participation.abilities import FACILITATE
from consultations.participation.enums import AuthorshipRole
from consultations.participation.models.proposals import Proposal


class AuthorshipQuerySet(models.QuerySet["Authorship"]):
    def in_office(self) -> Self:
        """Without facilitators who are none any longer: they do not write in an author's place."""
        return self.filter(models.Q(role=AuthorshipRole.CO_AUTHOR) | models.Q(user__role__in=FACILITATE.roles))

    def at_work(self) -> Self:
        """Those who still may."""
        return self.in_office().filter(user__is_active=True)


class Authorship(models.Model):
    """Someone who works on a proposal beside, or instead of, the one who began it (`Proposal.author`)."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="authorships", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="authorships")
    role = models.CharField(max_length=20, choices=AuthorshipRole)
    since = models.DateTimeField(default=timezone.now)

    objects = AuthorshipQuerySet.as_manager()

    class Meta:
        ordering = ["since", "pk"]
        constraints = [models.UniqueConstraint(fields=["proposal", "user"], name="authorship_once")]

    def __str__(self) -> str:
        return f"{self.role} {self.user_id} → {self.proposal_id}"


def worked_on_by(user: User) -> models.Q:
    """Of proposals: its author, a co-author, or the facilitator who took the place of an author who left."""
    return models.Q(author=user) | models.Q(
        models.Exists(Authorship.objects.at_work().filter(user=user, proposal=models.OuterRef("pk")))
    )
