"""What the week asks for the frame: conditions, texts, dates to announce (common.worklist)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import day, deadline, figure, last_day
from common.worklist import Asked, Awaited, Line, When, awaits, lines
from consultations.framing.abilities import ANNOUNCE, DISCUSS, FRAME, OPEN_PLATFORM
from consultations.framing.enums import WRITING, ConsultationState, PhaseKind, PhaseState
from consultations.framing.models import Consultation, Phase
from consultations.framing.selectors import Listed
from consultations.framing.selectors.margins import challenges_that_await
from consultations.framing.services.opening import opening_checks
from consultations.framing.templatetags.consultations import phase_words, state_words

_ANNOUNCED, _SOON, _AT_ONCE = timedelta(days=14), timedelta(days=7), timedelta(days=1)
_MINUTES_OF_CHALLENGE = 15


@lines(queries=6)
def conditions(asked: Asked) -> Iterator[Line]:
    """Before opening: what is missing, by the day on which people are to propose."""
    if asked.consultation.opened_at:
        return
    checks = opening_checks(consultation=asked.consultation, municipality=asked.city, at=asked.at)
    missing = [check for check in checks if not check.holds and check.url]
    if not missing:
        return
    planned = asked.consultation.opening_planned_at
    begins = planned or next((each.opens_at for each in asked.calendar.phases if each.kind == PhaseKind.PROPOSE), None)
    count = len(missing)
    told = ngettext("%(count)s condition is missing to open", "%(count)s conditions are missing to open", count)
    yield Line(
        kind="framing.conditions",
        title=told % {"count": figure(count)},
        about=", ".join(check.label for check in missing[:3]) + (" …" if count > 3 else "."),
        why=_why_now(asked, planned, begins),
        minutes=10 * count,
        roles=FRAME.in_team,
        url=reverse("desk_ready", args=[asked.consultation.slug]),
        verb=_("See the conditions"),
        when=_by(begins - asked.at if begins else _ANNOUNCED),
        due_at=begins,
        amount=count,
    )


def _why_now(asked: Asked, planned: datetime | None, begins: datetime | None) -> str:
    if planned:
        return _("It opens by itself on %(day)s, if nothing is missing then.") % {"day": deadline(planned)}
    return _("People are to propose from %(day)s.") % {"day": day(begins)} if begins and begins > asked.at else ""


@lines(queries=0)
def missed(asked: Asked) -> Iterator[Line]:
    """It was to open by itself, and could not: until it is opened, or another moment is set."""
    since = asked.consultation.opening_missed_at
    if since is None or asked.consultation.opened_at:
        return
    yield Line(
        kind="framing.opening_missed",
        subject=f"{since:%Y%m%d%H%M}",
        title=_("It did not open on %(day)s") % {"day": deadline(since)},
        about=" ".join(asked.consultation.opening_missed_why.splitlines()),
        why=_("Nobody but your team sees it. Open it, or choose another day."),
        minutes=10,
        roles=OPEN_PLATFORM.in_team,
        url=reverse("desk_ready", args=[asked.consultation.slug]),
        verb=_("Ready to open?"),
        when=When.TODAY,
        due_at=since,
        by_hand=True,
    )


@lines(queries=1)
def not_public(asked: Asked) -> Iterator[Line]:
    """Open, with challenges that nobody has validated: residents do not see them."""
    if not asked.consultation.opened_at or not asked.calendar.takes_writing:
        return
    # What comes from elsewhere is public as it is.
    waiting = asked.consultation.challenges.filter(validated_at=None, import_ref=None)
    found = list(waiting.order_by("position", "pk").only("label"))
    if not found:
        return
    count = len(found)
    told = ngettext("%(count)s challenge waits to be validated", "%(count)s challenges wait to be validated", count)
    yield Line(
        kind="framing.not_validated",
        title=told % {"count": figure(count)},
        about=", ".join(each.label for each in found[:3]) + (" …" if count > 3 else "."),
        why=_("Residents do not see a challenge before it is validated."),
        minutes=_MINUTES_OF_CHALLENGE * count,
        roles=FRAME.in_team,
        url=reverse("desk_challenges", args=[asked.consultation.slug]),
        verb=_("Read them again"),
        when=When.LATER,
        amount=count,
    )


@lines(queries=3)
def comments(asked: Asked) -> Iterator[Line]:
    """In the margins of its challenges, what the city has not answered."""
    if asked.consultation.is_archived:
        return
    found = challenges_that_await(asked.consultation, is_accompanied=asked.city.is_accompanied)
    writers = [pk for _challenge, by in found for pk in by]
    if not (count := len(writers)):
        return
    told = ngettext("%(count)s comment waits for an answer", "%(count)s comments wait for an answer", count)
    slug = asked.consultation.slug
    yield Line(
        kind="framing.comments",
        title=told % {"count": figure(count)},
        about=_("In the margin of your challenges. The public does not read these comments."),
        links=tuple((each.label, reverse("desk_challenge", args=[slug, each.slug])) for each, _by in found[:3]),
        minutes=5 * count,
        roles=DISCUSS.in_team,
        not_by=_alone(writers),
        url=reverse("desk_challenge", args=[slug, found[0][0].slug]),
        verb=_("Read and answer"),
        when=When.LATER if asked.consultation.opened_at else When.WEEK,
        amount=count,
    )


def _alone(writers: list[int | None]) -> frozenset[int]:
    """Whoever wrote all of them: it is for others to answer."""
    by = set(writers)
    return frozenset(pk for pk in by if pk and len(by) == 1)


@lines(queries=1)
def dates(asked: Asked) -> Iterator[Line]:
    """What begins or ends within two weeks, to be announced: nothing but a person knows whether it was."""
    if not asked.consultation.opened_at or not asked.calendar.takes_writing:
        return
    concerned = frozenset(asked.consultation.challenges.values_list("pk", flat=True))
    for phase in asked.calendar.phases:
        state = phase.state(asked.at)
        if state == PhaseState.NEXT and phase.opens_at and phase.opens_at - asked.at <= _ANNOUNCED:
            yield _to_announce(asked, phase, concerned, begins=True)
        ends = phase.closes_at if phase.kind in WRITING and state == PhaseState.NOW else None
        if ends and ends - asked.at <= _ANNOUNCED:
            yield _to_announce(asked, phase, concerned, begins=False)


def _to_announce(asked: Asked, phase: Phase, concerned: frozenset[int], *, begins: bool) -> Line:
    moment = phase.opens_at if begins else phase.closes_at
    assert moment is not None
    named = {"phase": phase.get_kind_display(), "day": day(moment) if begins else day(last_day(moment))}
    title = _("“%(phase)s” begins on %(day)s") if begins else _("“%(phase)s” ends on %(day)s")
    address = asked.city.url.rstrip("/") + asked.consultation.get_absolute_url()
    return Line(
        kind="framing.begins" if begins else "framing.ends",
        subject=f"{phase.kind}.{moment:%Y%m%d%H%M}",
        title=title % named,
        about=_("To announce in the bulletin, to associations, on your networks. The message is ready."),
        message=_message(asked, moment, named, begins=begins) + f"\n{address}",
        minutes=15,
        roles=ANNOUNCE.in_team,
        url=asked.consultation.get_absolute_url(),
        verb=_("See the page to share"),
        when=_by(moment - asked.at),
        due_at=moment,
        by_hand=True,
        animates=True,
        concerns=concerned,
    )


def _message(asked: Asked, moment: object, named: dict[str, str], *, begins: bool) -> str:
    if begins:
        said = _("“%(title)s”: from %(day)s, a new step, “%(phase)s”.")
        return said % {"title": asked.consultation.title, **named}
    said = _("“%(title)s”: you have until %(deadline)s to take part.")
    return said % {"title": asked.consultation.title, "deadline": deadline(moment)}  # type: ignore[arg-type]


def _by(left: timedelta) -> When:
    if left <= _AT_ONCE:
        return When.TODAY
    return When.WEEK if left <= _SOON else When.LATER


# ── Beside the week of another one ───────────────────────────────────────────


@awaits(queries=0)
def next_step(consultations: Iterable[Consultation], at: datetime) -> Iterator[Awaited]:
    """Its opening, its next date, its answers."""
    for each in consultations:
        state = each.state(at)
        if state == ConsultationState.PREPARED:
            yield _opening_of(each, at)
        elif state == ConsultationState.OPEN:
            ends = [phase.closes_at for phase in each.phases.all() if phase.kind in WRITING and phase.closes_at]
            soonest = min((end for end in ends if end > at), default=None)
            words = phase_words(Listed(each, state, at))
            yield Awaited(each.pk, words, _by(soonest - at) if soonest else When.LATER, soonest)
        elif state == ConsultationState.CLOSED:
            answers = (phase.closes_at for phase in each.phases.all() if phase.kind == PhaseKind.ANSWER)
            promised = next((end for end in answers if end and end > at), None)
            words = _("Closed. Your answers are promised by %(day)s.") % {"day": deadline(promised)} if promised else ""
            yield Awaited(each.pk, words or state_words(Listed(each, state, at)), When.LATER, promised)


def _opening_of(each: Consultation, at: datetime) -> Awaited:
    if each.opening_missed_at:
        words = _("It did not open on %(day)s") % {"day": deadline(each.opening_missed_at)}
        return Awaited(each.pk, words, When.TODAY, each.opening_missed_at)
    begins = next((phase.opens_at for phase in each.phases.all() if phase.kind == PhaseKind.PROPOSE), None)
    if each.opening_planned_at or begins is None:
        words = state_words(Listed(each, ConsultationState.PREPARED, at))
    elif begins > at:
        words = _("In preparation. People are to propose from %(day)s.") % {"day": day(begins)}
    else:
        words = _("In preparation. People were to propose from %(day)s.") % {"day": day(begins)}
    due = each.opening_planned_at or begins
    return Awaited(each.pk, words, _by(due - at) if due else When.LATER, due)
