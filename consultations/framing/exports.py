"""A person's copy of what they said and validated while framing (common.personal)."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from common.personal import PersonalFile, copies
from consultations.framing.models import Challenge, MarginComment


@copies(MarginComment)
def margin_comments(user: User) -> Iterator[PersonalFile]:
    found = MarginComment.objects.filter(Q(author=user) | Q(resolved_by=user)).select_related("challenge")
    yield PersonalFile(
        "commentaires-de-cadrage",
        _("Comments in the margin of challenges"),
        _("Those that you wrote, and those that you settled."),
        [
            {
                _("challenge"): comment.challenge.question,
                _("about"): comment.get_field_display(),
                _("text"): comment.text if comment.author_id == user.pk else "",
                _("written on"): comment.written_at if comment.author_id == user.pk else None,
                _("settled by you on"): comment.resolved_at if comment.resolved_by_id == user.pk else None,
            }
            for comment in found.order_by("pk")
        ],
    )


@copies(Challenge)
def validated_challenges(user: User) -> Iterator[PersonalFile]:
    yield PersonalFile(
        "defis-valides",
        _("Challenges that you validated"),
        _("For the authority, as their text stands."),
        [
            {_("challenge"): challenge.question, _("validated on"): challenge.validated_at}
            for challenge in Challenge.objects.filter(validated_by=user).order_by("pk")
        ],
    )
