"""What somebody's leaving means for outcomes: what the city signed and said stays; who did it goes.

The name and the function under an answer are the city's signature, given in its name (code des relations entre le
public et l'administration, article L. 111-2: who deals with a matter is named): they stay.
"""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.dispatch import receiver

from accounts.models import User
from common.personal import erases, leaves_when_erasing
from consultations.outcomes.enums import AnswerState
from consultations.outcomes.models import (
    Answer,
    AnswerVersion,
    Opinion,
    Project,
    ProjectFollow,
    ProjectNews,
    ProjectSource,
)
from consultations.outcomes.services.letting_go import leave_unsaid, leave_unsigned
from consultations.outcomes.services.writing import as_published
from consultations.participation.models import Proposal
from consultations.participation.services.erasure import kept_where, words_removed

# The city has said, and signed, what it makes of it.
kept_where.append(lambda: Q(Exists(AnswerVersion.objects.filter(answer__proposal=OuterRef("pk")))))

leaves_when_erasing(ProjectSource, because="which proposals a project comes from: the proposal says whose it was")


@erases(Answer, AnswerVersion, Opinion, ProjectFollow, ProjectNews)
def forget_in_outcomes(user: User, *, with_texts: bool, at: datetime) -> None:
    Answer.objects.filter(writer=user).update(writer=None)
    leave_unsigned(user)
    Answer.objects.filter(given_by=user).update(given_by=None)
    AnswerVersion.objects.filter(signed_by=user).update(signed_by=None)
    Opinion.objects.filter(asked_by=user).update(asked_by=None)
    leave_unsaid(user, at=at)
    Opinion.objects.filter(service=user).update(service=None)
    ProjectNews.objects.filter(written_by=user).update(written_by=None)
    _stop_following(user)


@receiver(words_removed)
def forget_titles(sender: Any, *, keys: list[int], **kwargs: Any) -> None:
    """The title that was answered goes as that of the proposal did; what is published is no longer corrected."""
    present = Proposal.objects.filter(answer=OuterRef("answer")).values("title")
    AnswerVersion.objects.filter(answer__proposal__in=keys).update(proposal_title=Subquery(present))
    corrected = Answer.objects.filter(proposal__in=keys, current__isnull=False).exclude(state=AnswerState.PUBLISHED)
    for answer in corrected.select_related("current").order_by("pk"):
        as_published(answer)
        answer.save()


def _stop_following(user: User) -> None:
    followed = list(ProjectFollow.objects.filter(user=user).values_list("project_id", flat=True))
    if followed:
        ProjectFollow.objects.filter(user=user).delete()
        Project.objects.filter(pk__in=followed, follower_count__gt=0).update(follower_count=F("follower_count") - 1)
