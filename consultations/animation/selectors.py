"""Reading campaigns: what was sent, to how many, and what became of it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.db.models import CharField, Count, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from common.meanwhile import mark_of
from common.templatetags.ui import figure
from consultations.animation.enums import RecipientState, Returned
from consultations.animation.models import Campaign, Recipient
from consultations.framing.models import Challenge, Consultation
from notifications.audiences import recipients, segment_of, segments


@dataclass(frozen=True)
class Totals:
    """Of the people of a campaign. Openings are counted nowhere: no message carries anything that would tell."""

    people: int = 0
    waiting: int = 0
    sent: int = 0
    uncertain: int = 0  # of those sent: perhaps arrived twice
    refused: int = 0
    unsubscribed: int = 0  # before it left
    comes_back: int = 0  # their address had taken no message before
    gone: int = 0
    stopped: int = 0
    withdrew: int = 0  # by the link of this message
    came_back: int = 0
    complained: int = 0
    has_list: bool = field(default=True, compare=False)  # its rows are there; else these are counts that were kept
    is_rough: bool = field(default=False, compare=False)

    def roughly(self) -> "Totals":
        """Of a group whose people are not named: who leaves it would be seen by what changes beside a list of names."""
        few: dict[str, Any] = {name: count if count >= FEW else 0 for name, count in self.kept().items()}
        few |= {"people": _roughly(self.people), "sent": _roughly(self.sent)}
        return replace(self, **few, is_rough=True)

    @property
    def people_shown(self) -> str:
        return in_words(self.people) if self.is_rough else figure(self.people)

    @property
    def sent_shown(self) -> str:
        return in_words(self.sent) if self.is_rough else figure(self.sent)

    @property
    def is_gone(self) -> bool:
        """Neither its rows nor its counts are there: the city was put back to a day before it left."""
        return not self.people

    @property
    def done(self) -> int:
        return self.people - self.waiting

    @property
    def skipped(self) -> int:
        return self.unsubscribed + self.comes_back + self.gone

    def kept(self) -> dict[str, int]:
        return {name: count for name, count in asdict(self).items() if name in _NAMES}


_STATE = RecipientState
_COUNTS = {
    "people": Q(),
    "waiting": Q(state__in=[_STATE.WAITING, _STATE.SENDING]),
    "sent": Q(state=_STATE.SENT),
    "uncertain": Q(state=_STATE.SENT, is_uncertain=True),
    "refused": Q(state=_STATE.REFUSED),
    "unsubscribed": Q(state=_STATE.UNSUBSCRIBED),
    "comes_back": Q(state=_STATE.COMES_BACK),
    "gone": Q(state=_STATE.GONE),
    "stopped": Q(state=_STATE.STOPPED),
    "withdrew": Q(unsubscribed_at__isnull=False),
    "came_back": Q(returned__in=[Returned.HARD, Returned.SOFT]),
    "complained": Q(returned=Returned.COMPLAINT),
}
_NAMES = _COUNTS.keys()


def totals(campaign: Campaign) -> Totals:
    """From its rows; once those are gone, as they were."""
    return totals_of([campaign])[campaign.pk]


def totals_of(campaigns: list[Campaign]) -> dict[int, Totals]:
    """Of each, in one query for them all."""
    counted = {name: Count("pk", filter=which) if which else Count("pk") for name, which in _COUNTS.items()}
    rows: Any = Recipient.objects.filter(campaign__in=campaigns).order_by().values("campaign").annotate(**counted)
    found = {row["campaign"]: Totals(**{name: row[name] for name in _COUNTS}) for row in rows}
    return {each.pk: found.get(each.pk) or _as_kept(each) for each in campaigns}


def shown_totals(campaigns: Iterable[Campaign]) -> dict[int, Totals]:
    """As pages may say them."""
    rows = list(campaigns)
    found = totals_of(rows) if rows else {}
    return {row.pk: found[row.pk].roughly() if is_secret(row) else found[row.pk] for row in rows}


def at_least(count: int) -> int:
    """To the ten below; to five below ten."""
    return count // 10 * 10 or (FEW if count >= FEW else 0)


def _roughly(count: int) -> int:
    return at_least(count) or (FEW - 1 if count else 0)


def in_words(count: int) -> str:
    if count < FEW:
        return _("fewer than five") if count else figure(0)
    return _("at least %(count)s") % {"count": figure(count)}


def _as_kept(campaign: Campaign) -> Totals:
    kept = {name: count for name, count in campaign.results.items() if name in _NAMES}
    return Totals(**kept, has_list=False)


def about(consultation: Consultation) -> QuerySet[Campaign]:
    """Those to a group of one of its challenges; of the one that the home shows, those to groups of none, too."""
    own = Challenge.objects.filter(consultation=consultation).annotate(value=Cast("pk", CharField())).values("value")
    found = Q(segment__in=_of_challenges(), value__in=own)
    return Campaign.objects.filter(found | ~Q(segment__in=_of_challenges()) if consultation.is_current else found)


def about_challenge(challenge: Challenge) -> QuerySet[Campaign]:
    return Campaign.objects.filter(segment__in=_of_challenges(), value=str(challenge.pk)).order_by("-created_at", "-pk")


def counted(found: Iterable[Campaign]) -> list[tuple[Campaign, Totals]]:
    rows = list(found)
    counts = shown_totals(rows)
    return [(row, counts[row.pk]) for row in rows]


def _of_challenges() -> list[str]:
    return [each.key for each in segments() if each.is_of_thing]


def campaigns() -> QuerySet[Campaign]:
    return Campaign.objects.select_related("created_by").order_by("-created_at", "-pk")


def listed(page: Iterable[Campaign]) -> list[tuple[Campaign, str, Totals]]:
    """Each with its group in words and what became of it: as many queries for a page of any length."""
    rows = list(page)
    found = shown_totals(rows)
    words = {each.key: dict(each.options()) for each in segments() if any(_is_of(row, each.key) for row in rows)}
    return [(row, _in_words(row, words), found[row.pk]) for row in rows]


def _is_of(campaign: Campaign, key: str) -> bool:
    return campaign.is_draft and campaign.segment == key


def _in_words(campaign: Campaign, words: dict[str, dict[str, str]]) -> str:
    if not campaign.is_draft:
        return campaign.audience
    return _of_group(campaign.segment, words.get(campaign.segment, {}).get(campaign.value, ""))


def people_of(campaign: Campaign) -> QuerySet[User]:
    """Whom it would reach if it were sent now; once it is decided, those of its list."""
    if campaign.is_draft:
        return recipients(campaign.segment, campaign.value)
    return User.objects.filter(campaign_messages__campaign=campaign).order_by("pk")


# Of fewer people, those of a group whose people are not named could be guessed.
FEW = 5


def is_secret(campaign: Campaign) -> bool:
    """How many its people are is said, never who: what makes the group is nobody's to see."""
    found = segment_of(campaign.segment)
    return found is None or found.is_secret


def mark_seen(campaign: Campaign, people: list[int]) -> str:
    """Of what a page has shown: the list; of a group whose people are not named, how many they are at least."""
    return list_mark([at_least(len(people))] if is_secret(campaign) else people)


def list_mark(people: list[int]) -> str:
    """The same for the same people; no guess at who they are can be tried on it."""
    return salted_hmac("animation.list", mark_of(*people), algorithm="sha256").hexdigest()[:32]


def audience_of(campaign: Campaign) -> str:
    """The group in words: of a draft as it is called now, of others as it was."""
    if campaign.audience and not campaign.is_draft:
        return campaign.audience
    return audience(campaign.segment, campaign.value)


def audience(segment: str, value: str) -> str:
    """Empty where it is no longer there."""
    found = segment_of(segment)
    return _of_group(segment, dict(found.options()).get(value, "")) if found else ""


def _of_group(segment: str, which: str) -> str:
    found = segment_of(segment)
    return f"{found.label}\u00a0: {which}" if which and found and found.choices else which
