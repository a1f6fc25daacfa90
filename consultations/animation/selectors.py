"""Reading campaigns: what was sent, to how many, and what became of it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from common.meanwhile import mark_of
from consultations.animation.enums import RecipientState, Returned
from consultations.animation.models import Campaign, Recipient
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
    gone: int = 0
    stopped: int = 0
    withdrew: int = 0  # by the link of this message
    came_back: int = 0
    complained: int = 0

    @property
    def done(self) -> int:
        return self.people - self.waiting

    @property
    def skipped(self) -> int:
        return self.unsubscribed + self.gone

    def kept(self) -> dict[str, int]:
        return asdict(self)


_STATE = RecipientState
_COUNTS = {
    "people": Q(),
    "waiting": Q(state__in=[_STATE.WAITING, _STATE.SENDING]),
    "sent": Q(state=_STATE.SENT),
    "uncertain": Q(state=_STATE.SENT, is_uncertain=True),
    "refused": Q(state=_STATE.REFUSED),
    "unsubscribed": Q(state=_STATE.UNSUBSCRIBED),
    "gone": Q(state=_STATE.GONE),
    "stopped": Q(state=_STATE.STOPPED),
    "withdrew": Q(unsubscribed_at__isnull=False),
    "came_back": Q(returned__in=[Returned.HARD, Returned.SOFT]),
    "complained": Q(returned=Returned.COMPLAINT),
}
_NAMES = {each.name for each in fields(Totals)}


def totals(campaign: Campaign) -> Totals:
    """From its rows; once those are forgotten, as they were."""
    if campaign.results:
        return Totals(**{name: count for name, count in campaign.results.items() if name in _NAMES})
    counted = {name: Count("pk", filter=which) if which else Count("pk") for name, which in _COUNTS.items()}
    return Totals(**Recipient.objects.filter(campaign=campaign).aggregate(**counted))


def campaigns() -> QuerySet[Campaign]:
    return Campaign.objects.select_related("created_by").order_by("-created_at", "-pk")


def listed(page: Iterable[Campaign]) -> list[tuple[Campaign, str, int]]:
    """Each with its group in words and how many were sent: as many queries for a page of any length."""
    rows = list(page)
    counted = Recipient.objects.filter(campaign__in=rows, state=RecipientState.SENT).order_by().values("campaign")
    left = dict(counted.annotate(count=Count("pk")).values_list("campaign", "count"))
    words = {each.key: dict(each.options()) for each in segments() if any(_is_of(row, each.key) for row in rows)}
    return [
        (row, _in_words(row, words), row.results.get("sent", 0) if row.results else left.get(row.pk, 0)) for row in rows
    ]


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


def list_mark(people: list[int]) -> str:
    """Of a list that a page has shown: the same for the same people."""
    return mark_of(*people)


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
