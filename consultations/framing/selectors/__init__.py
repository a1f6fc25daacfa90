"""Reading consultations and challenges."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Prefetch, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry
from common.db import connection
from common.differences import Piece, difference
from common.mine import Mine
from common.templatetags.ui import deadline, first_day, full_day
from consultations.framing.enums import WRITING, ConsultationState, PhaseKind, PhaseState
from consultations.framing.models import (
    Calendar,
    Challenge,
    Consultation,
    Document,
    DocumentPart,
    DocumentVersion,
    LegalIdentity,
    Logo,
    Phase,
)
from consultations.library.enums import ChangeKind, Theme
from consultations.library.models import ChallengeSet
from consultations.library.selectors import ChallengeChange, changes_between, latest_set

_IN_ORDER = Prefetch("phases", Phase.objects.order_by(F("opens_at").asc(nulls_last=True), "pk"))


def consultations_to_read() -> QuerySet[Consultation]:
    """Those that may be read outside the desk, with their phases."""
    return Consultation.objects.shown().prefetch_related(_IN_ORDER)


def every_consultation() -> QuerySet[Consultation]:
    """Private ones too, with their phases: for the desk."""
    return Consultation.objects.prefetch_related(_IN_ORDER)


def current_consultation() -> Consultation | None:
    """The one that the home page shows."""
    return consultations_to_read().filter(is_current=True).first()


def reference_consultation() -> Consultation | None:
    """The one that speaks for the city where no consultation is meant: the home's, else the last that opened."""
    found = consultations_to_read().order_by("-is_current", F("opened_at").desc(nulls_last=True), "-pk")
    return found.first()


def challenges_of(consultation: Consultation) -> list[Challenge]:
    """All of them, public or not: for the desk."""
    return list(consultation.challenges.select_related("validated_by").order_by("position", "pk"))


def shown_challenges_of(consultation: Consultation) -> list[Challenge]:
    return list(consultation.challenges.shown().order_by("position", "pk"))


def challenges_to_read(*, drafts: bool = False) -> QuerySet[Challenge]:
    """With their consultation and its phases: two queries for one. `drafts`: those that are not public, too."""
    phases = Prefetch("consultation__phases", _IN_ORDER.queryset)
    found = Challenge.objects.all() if drafts else Challenge.objects.shown()
    return found.select_related("consultation").prefetch_related(phases)


def calendar_of(consultation: Consultation, *, at: datetime) -> Calendar:
    """Costs no query where the consultation came from a selector above.

    In a request the city that was entered says whether it takes writing; elsewhere the database does.
    """
    only_reads = consultation.is_archived or consultation.is_private
    return Calendar(
        phases=list(consultation.phases.all()),
        at=at,
        takes_writing=getattr(connection.tenant, "takes_writing", True) and not only_reads,
        archived_at=consultation.archived_at,
        is_private=consultation.is_private,
        is_discussed=consultation.is_discussed,
    )


def where_open(action: str, mine: Mine) -> list[int]:
    """The numbers of the consultations in which it can be done now: two queries for a page."""
    return [pk for pk, calendar in mine.once(_calendars).items() if calendar.may(action)]


def _calendars(mine: Mine) -> dict[int, Calendar]:
    found = Consultation.objects.only("opened_at", "archived_at", "is_current", "is_discussed").order_by("pk")
    found = found.prefetch_related(_IN_ORDER)
    return {consultation.pk: calendar_of(consultation, at=mine.at) for consultation in found}


def phase_line(calendar: Calendar) -> list[dict[str, Any]]:
    """The phases as the page's line shows them: kind, label, state, dates. Of what is archived, those that had
    begun by then, and none beyond that day.
    """
    return [
        {
            "kind": phase.kind,
            "label": phase.get_kind_display(),
            "state": "now" if phase == calendar.now else _state_in_line(phase, calendar),
            "opens_at": phase.opens_at,
            "closes_at": min(filter(None, (phase.closes_at, calendar.archived_at)), default=None),
        }
        for phase in calendar.phases
        if phase.state(calendar.archived_at or calendar.at) != PhaseState.NEXT or not calendar.is_archived
    ]


def _state_in_line(phase: Phase, calendar: Calendar) -> str:
    """One that goes on beside the latest one is still to come to its own; in the archives it is over."""
    state = phase.state(calendar.at)
    if state != PhaseState.NOW:
        return state.value
    return (PhaseState.DONE if calendar.is_archived else PhaseState.NEXT).value


def last_moved(phases: Iterable[Phase]) -> Phase | None:
    """Of the phases whose dates were changed last, the first one."""
    kinds = list(PhaseKind)
    moved = [(each.moved_at, -kinds.index(PhaseKind(each.kind)), each) for each in phases if each.moved_at]
    return max(moved, key=lambda each: each[:2])[2] if moved else None


def period(opens_at: datetime | None, closes_at: datetime | None) -> str:
    """In words: from when until when."""
    if opens_at and closes_at:
        said = {"first": full_day(first_day(opens_at)), "last": deadline(closes_at)}
        return str(_("from %(first)s to %(last)s") % said)
    if opens_at:
        return str(_("from %(day)s") % {"day": full_day(first_day(opens_at))})
    return str(_("no dates"))


@dataclass(frozen=True)
class Listed:
    """A consultation as a list shows it."""

    consultation: Consultation
    state: ConsultationState
    at: datetime

    @property
    def now(self) -> Phase | None:
        """The phase in which participants write at this moment, with its end."""
        if self.state != ConsultationState.OPEN:
            return None
        phase = Calendar(phases=list(self.consultation.phases.all()), at=self.at).now
        return phase if phase and phase.kind in WRITING and phase.closes_at else None

    @property
    def is_readable(self) -> bool:
        """By everyone, and the city may still change it: on the home, its end."""
        return self.state in (ConsultationState.OPEN, ConsultationState.CLOSED)

    @property
    def begins(self) -> datetime | None:
        """When people may propose, or could."""
        found = (each.opens_at for each in self.consultation.phases.all() if each.kind == PhaseKind.PROPOSE)
        return next(found, None)


def listed(consultations: Iterable[Consultation], *, at: datetime) -> list[Listed]:
    """Open ones first, then those being prepared, closed, archived; the newest first among them."""
    ranks = [ConsultationState.OPEN, ConsultationState.PREPARED, ConsultationState.CLOSED, ConsultationState.ARCHIVED]
    found = [Listed(each, each.state(at), at) for each in consultations]
    return sorted(found, key=lambda each: (ranks.index(each.state), -each.consultation.created_at.timestamp()))


_NEWEST_FIRST = Prefetch("versions", DocumentVersion.objects.order_by("-number"))


def documents_of(consultation: Consultation) -> list[Document]:
    """With their versions: two queries."""
    return list(consultation.documents.order_by("added_at", "pk").prefetch_related(_NEWEST_FIRST))


def document_to_read(number: int, *, ahead: bool = False) -> Document | None:
    """A file of a consultation that may be read outside the desk, with its versions; `ahead`: of any."""
    readable = Consultation.objects.all() if ahead else Consultation.objects.shown()
    found = Document.objects.filter(is_file=True, consultation__in=readable).select_related("consultation")
    return found.prefetch_related(_NEWEST_FIRST).filter(pk=number).first()


def content_of(version: DocumentVersion) -> Iterator[bytes]:
    """Part by part, each read when it is asked for."""
    for number in version.parts.order_by("position").values_list("pk", flat=True):
        yield bytes(DocumentPart.objects.values_list("content", flat=True).get(pk=number))


def legal_identity() -> LegalIdentity:
    """The city's, or one where nothing is filled in yet."""
    return LegalIdentity.objects.filter(pk=LegalIdentity.ONLY).first() or LegalIdentity()


def logo_of(digest: str) -> bytes | None:
    """The city's picture, if it is the one with that digest."""
    logo = Logo.objects.filter(digest=digest).first()
    return bytes(logo.png) if logo else None


_WRITING = (
    "challenge_added",
    "challenge_edited",
    "library_wording_taken",
    "consultation_updated",
    "consultation_closed",
    "consultation_prolonged",
)


def last_editor(row: Challenge | Consultation) -> str:
    """Who saved its text last, as the audit trail has it."""
    return _last_to(_WRITING, row)


def maker_of_preview(consultation: Consultation) -> str:
    """Of the link that was made last."""
    return _last_to(["preview_made"], consultation)


def _last_to(actions: Iterable[str], row: Challenge | Consultation) -> str:
    """Between colleagues, an address for who has no public name."""
    entry = _last_entry(actions, row)
    return entry.actor.team_name if entry and entry.actor else ""


def plan_on_record(consultation: Consultation) -> AuditEntry | None:
    """Who last set the moment of its opening, and when."""
    return _last_entry(["opening_planned"], consultation)


def _last_entry(actions: Iterable[str], row: Challenge | Consultation) -> AuditEntry | None:
    return (
        AuditEntry.objects.filter(subject_type=row._meta.label_lower, subject_id=str(row.pk), action__in=actions)
        .select_related("actor")
        .order_by("-at", "-pk")
        .first()
    )


# ── What the library has improved since ──────────────────────────────────────

FIELD_NAMES: dict[str, str | Promise] = {
    "theme": _("Theme"),
    "label": _("Short name"),
    "question": _("The question"),
    "summary": _("In two sentences"),
    "why": _("Why here?"),
    "guiding_questions": _("Questions to get people started"),
    "on_table": _("What is on the table"),
    "off_table": _("What is not"),
    "examples": _("Examples of proposals"),
}


@dataclass(frozen=True)
class LibraryNews:
    """What the library changed in a challenge since the version that the city has seen."""

    version: int
    change: ChallengeChange


@dataclass(frozen=True)
class FieldNews:
    """One field of it: what the library changed, and what the city has there."""

    name: str
    label: str
    changed: list[Piece]
    ours: str
    # Whether the city has its own words there, and whether they are already the library's new ones.
    is_adapted: bool
    is_taken: bool


def library_news(challenges: list[Challenge]) -> dict[int, LibraryNews]:
    """By challenge, where a later published version says something else. One look at the library for each version."""
    news: dict[int, LibraryNews] = {}
    seen: dict[tuple[str, int], dict[str, LibraryNews]] = {}
    for challenge in challenges:
        if challenge.template_version is None:
            continue
        key = (challenge.template_set, challenge.template_version)
        if key not in seen:
            seen[key] = _news_since(*key)
        if challenge.template_code in seen[key]:
            news[challenge.pk] = seen[key][challenge.template_code]
    return news


def _news_since(set_code: str, version: int) -> dict[str, LibraryNews]:
    try:
        newest = latest_set(set_code).version
        changed = changes_between(set_code, version, newest) if newest > version else []
    except ChallengeSet.DoesNotExist:
        # The set was written by hand in this city, or its first version was never published.
        return {}
    return {change.code: LibraryNews(newest, change) for change in changed if change.kind == ChangeKind.CHANGED}


def field_news(challenge: Challenge, news: LibraryNews) -> list[FieldNews]:
    before, after = news.change.before, news.change.after
    assert before is not None, "a change has both"
    assert after is not None, "a change has both"
    found = []
    for name in news.change.fields:
        old, new, ours = getattr(before, name), getattr(after, name), getattr(challenge, name)
        found.append(
            FieldNews(
                name=name,
                label=str(FIELD_NAMES[name]),
                changed=difference(in_words(name, old), in_words(name, new)),
                ours=in_words(name, ours),
                is_adapted=ours not in (old, new),
                is_taken=ours == new,
            )
        )
    return found


def in_words(name: str, value: Any) -> str:
    """A field of a challenge as plain text, lists one a line."""
    if name == "theme":
        return str(Theme(value).label)
    if name == "examples":
        return "\n".join("\n".join(filter(None, (each["text"], each.get("why", "")))) for each in value)
    if name == "figures":
        return "\n".join(f"{each['value']} {each['label']}" for each in value)
    return "\n".join(value) if isinstance(value, list) else str(value)
