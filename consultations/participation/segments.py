"""Whom a city may write to, by what they did in a challenge (notifications.audiences)."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.text import whole_number
from consultations.framing.models import Challenge
from consultations.participation.enums import ReactionValue, Status
from consultations.participation.models import Argument, Reaction
from notifications.audiences import Thing, segment


def _challenges() -> Iterator[tuple[str, str]]:
    shown = Challenge.objects.shown().filter(consultation__opened_at__isnull=False).select_related("consultation")
    shown = shown.order_by("-consultation__is_current", "-consultation__created_at", "position", "pk")
    return ((str(each.pk), f"{each.label} ({each.consultation.title})") for each in shown)


def _challenge(value: str) -> Thing | None:
    found = Challenge.objects.shown().filter(pk=whole_number(value)).first()
    return Thing(found.label, found.get_absolute_url()) if found else None


@segment(
    "followers", _("People who follow one challenge"), order=20, choices=_challenges, about=_challenge, is_secret=True
)
def followers(value: str) -> QuerySet[User]:
    return User.objects.filter(follows__challenge=whole_number(value))


@segment(
    "reacted",
    _("People who reacted in one challenge without saying why"),
    order=30,
    choices=_challenges,
    about=_challenge,
    is_secret=True,
)
def reacted_without_arguing(value: str) -> QuerySet[User]:
    """To a published proposal; neither argued on any of that challenge."""
    challenge = whole_number(value)
    reacted = Reaction.objects.filter(proposal__challenge=challenge, proposal__status=Status.PUBLISHED)
    argued = Argument.objects.filter(proposal__challenge=challenge, author=OuterRef("pk"))
    return User.objects.filter(Exists(reacted.filter(user=OuterRef("pk"))), ~Exists(argued))


@segment(
    "old_version",
    _("People who supported an older version of a proposal, in one challenge"),
    order=40,
    choices=_challenges,
    about=_challenge,
    is_secret=True,
)
def supporters_of_an_old_version(value: str) -> QuerySet[User]:
    old = Reaction.objects.filter(
        proposal__challenge=whole_number(value),
        proposal__status=Status.PUBLISHED,
        proposal__merged_into=None,
        value=ReactionValue.LIKE,
        version__lt=F("proposal__version"),
    )
    return User.objects.filter(Exists(old.filter(user=OuterRef("pk"))))
