"""What the week asks for what comes of consultations (common.worklist)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, Sum
from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from common.names_of_places import of_person
from common.templatetags.ui import deadline, figure, full_day
from common.worklist import Asked, Awaited, Line, When, awaits, lines
from consultations.framing.models import Consultation
from consultations.outcomes.abilities import GIVE_OPINION, PREPARE_ANSWERS, RUN_PROJECTS, SIGN_ANSWERS
from consultations.outcomes.enums import AnswerState
from consultations.outcomes.models import Answer, Opinion, Project
from consultations.outcomes.selectors.clock import ANSWERED, Promise, promise_of, to_answer
from consultations.outcomes.selectors.desk import reading_minutes
from consultations.outcomes.selectors.project_desk import (
    SILENCE,
    late_milestones,
    silent_projects,
    without_project,
)
from consultations.participation.models import Proposal

_SHOWN = 3

# ── Projects ──────────────────────────────────────────────────────────────────


def _page(consultation: Consultation, project: Project) -> str:
    return reverse("desk_project", args=[consultation.slug, project.slug])


@lines(queries=1)
def silent(asked: Asked) -> Iterator[Line]:
    """Projects of which people have heard nothing for long."""
    found = list(silent_projects(asked.consultation, at=asked.at).only("title", "slug"))
    if not found:
        return
    told = ngettext("Nothing was said of %(count)s project", "Nothing was said of %(count)s projects", len(found))
    yield Line(
        kind="outcomes.silent",
        title=told % {"count": figure(len(found))},
        links=tuple((each.title, _page(asked.consultation, each)) for each in found[:_SHOWN]),
        why=_("For %(days)s days or more. One sentence of news is enough, even to say that it waits.")
        % {"days": SILENCE.days},
        minutes=10 * min(len(found), _SHOWN),
        roles=RUN_PROJECTS.in_team,
        url=f"{_page(asked.consultation, found[0])}#nouvelles",
        verb=_("Give news"),
        when=When.WEEK,
        amount=len(found),
    )


@lines(queries=1)
def late_steps(asked: Asked) -> Iterator[Line]:
    """Steps whose day is over: done, or to be put off with why."""
    today = timezone.localtime(asked.at).date()
    found = list(late_milestones(asked.consultation, today=today)[:100])
    if not found:
        return
    first = found[0]
    told = ngettext(
        "The day of %(count)s step of a project is over", "The days of %(count)s steps of projects are over", len(found)
    )
    yield Line(
        kind="outcomes.late_steps",
        title=told % {"count": figure(len(found))},
        links=tuple(
            (f"{each.project.title}, {full_day(each.planned_on)}", _page(asked.consultation, each.project))
            for each in found[:_SHOWN]
        ),
        why=_("Its page says that it is late. Say that it is done, or until when and why it is put off."),
        minutes=5 * min(len(found), _SHOWN),
        roles=RUN_PROJECTS.in_team,
        url=f"{_page(asked.consultation, first.project)}#etapes",
        verb=_("Say where it stands"),
        when=When.WEEK,
        amount=len(found),
    )


@lines(queries=1)
def no_project_yet(asked: Asked) -> Iterator[Line]:
    """Accepted proposals that nobody has made a project of."""
    count = without_project(asked.consultation).count()
    if not count or asked.calendar.is_archived:
        return
    told = ngettext(
        "%(count)s accepted proposal has no project yet", "%(count)s accepted proposals have no project yet", count
    )
    yield Line(
        kind="outcomes.no_project",
        title=told % {"count": figure(count)},
        why=_("People will ask what happens next. A project shows it: its steps, its dates, its news."),
        minutes=20,
        roles=RUN_PROJECTS.in_team,
        url=reverse("desk_project_new", args=[asked.consultation.slug]),
        verb=_("Prepare a project"),
        when=When.LATER,
        amount=count,
    )


# ── Answers ───────────────────────────────────────────────────────────────────

_MINUTES_TO_WRITE, _MINUTES_TO_ADVISE, _MINUTES_TO_REMIND, _MOST_MINUTES = 20, 10, 3, 120
_SOON, _AT_ONCE = timedelta(days=21), timedelta(days=3)


@lines(queries=1)
def answers_due(asked: Asked) -> Iterator[Line]:
    """What is promised and not given, once the city's turn has come; opinions that are late."""
    promise = promise_of(asked.consultation, at=asked.at)
    if asked.consultation.opened_at is None:
        return
    awaited = Opinion.objects.filter(
        answer__proposal=OuterRef("pk"),
        answer__state=AnswerState.WRITING,
        due_on__lt=timezone.localdate(asked.at),
        taken_back_at=None,
        given_at=None,
    )
    found = to_answer(asked.consultation).aggregate(
        left=Count("pk", filter=~ANSWERED), late=Count("pk", filter=Q(Exists(awaited)))
    )
    if found["left"] and promise.has_begun:
        yield _due(asked, found["left"], promise)
    if found["late"]:
        yield _late_opinions(asked, found["late"])


def _due(asked: Asked, count: int, promise: Promise) -> Line:
    told = ngettext("%(count)s proposal waits for its answer", "%(count)s proposals wait for their answer", count)
    if promise.until is None:
        why = _("No day is promised: people wait all the same.")
    elif promise.has_passed:
        why = _("It was promised by %(day)s.") % {"day": deadline(promise.until)}
    else:
        why = _("Promised by %(day)s.") % {"day": deadline(promise.until)}
    return Line(
        kind="outcomes.due",
        title=told % {"count": figure(count)},
        why=why,
        minutes=min(_MINUTES_TO_WRITE * count, _MOST_MINUTES),
        roles=PREPARE_ANSWERS.in_team,
        url=reverse("desk_answers", args=[asked.consultation.slug]),
        verb=_("Answer"),
        when=_when(promise, asked.at),
        due_at=promise.until,
        amount=count,
        animates=True,
    )


def _when(promise: Promise, at: datetime) -> When:
    if promise.until is None or promise.until - at > _SOON:
        return When.LATER
    return When.TODAY if promise.until - at <= _AT_ONCE else When.WEEK


def _late_opinions(asked: Asked, count: int) -> Line:
    told = ngettext(
        "The opinion of a service is late on %(count)s proposal",
        "The opinion of a service is late on %(count)s proposals",
        count,
    )
    return Line(
        kind="outcomes.opinions",
        title=told % {"count": figure(count)},
        why=_("A reminder is one press; without it, you may answer all the same."),
        minutes=min(_MINUTES_TO_REMIND * count, _MOST_MINUTES),
        roles=PREPARE_ANSWERS.in_team,
        url=f"{reverse('desk_answers', args=[asked.consultation.slug])}?etape=redaction",
        verb=_("See which ones"),
        when=When.WEEK,
        amount=count,
        animates=True,
    )


@lines(queries=2)
def to_sign(asked: Asked) -> Iterator[Line]:
    """Of each person who signs, for them alone."""
    waiting = Answer.objects.filter(state=AnswerState.TO_SIGN, proposal__in=to_answer(asked.consultation))
    letters = Sum(Length("own_words") + Length("reasons"))
    rows = waiting.order_by().values("signer").annotate(count=Count("pk"), since=Min("given_at"), letters=letters)
    found: list[Any] = list(rows)
    if not found:
        return
    people = {each.pk: each for each in User.objects.filter(role__in=SIGN_ANSWERS.in_team).order_by("pk")}
    for each in sorted(found, key=lambda each: each["since"]):
        if signer := people.get(each["signer"]):
            yield _waiting(asked, each, signer)


def _waiting(asked: Asked, found: dict[str, Any], signer: User) -> Line:
    count = found["count"]
    told = ngettext(
        "%(count)s answer waits for the signature of %(name)s",
        "%(count)s answers wait for the signature of %(name)s",
        count,
    )
    return Line(
        kind="outcomes.to_sign",
        subject=str(signer.pk),
        title=told % {"count": figure(count), "name": of_person(signer.own_name)},
        why=_("Signing publishes it, and tells whoever proposed, supports or follows."),
        own_title=_waits_for_you(count),
        minutes=reading_minutes(found["letters"]),
        roles=SIGN_ANSWERS.in_team,
        person=signer.pk,
        url=reverse("desk_sign", args=[asked.consultation.slug]),
        verb=_("Read and sign"),
        when=When.WEEK,
        amount=count,
    )


def _waits_for_you(count: int) -> str:
    told = ngettext("%(count)s answer waits for your signature", "%(count)s answers wait for your signature", count)
    return told % {"count": figure(count)}


@lines(queries=2)
def opinions_asked(asked: Asked) -> Iterator[Line]:
    """Of each person of the team who is asked what they think; a service has a page for it alone."""
    awaited = Opinion.objects.filter(answer__state=AnswerState.WRITING, taken_back_at=None, given_at=None)
    awaited = awaited.filter(answer__proposal__in=to_answer(asked.consultation), service__role__in=GIVE_OPINION.in_team)
    rows: list[Any] = list(awaited.order_by().values("service").annotate(count=Count("pk"), due_on=Min("due_on")))
    people = User.objects.in_bulk([each["service"] for each in rows]) if rows else {}
    for each in sorted(rows, key=lambda each: each["service"]):
        yield _opinions_asked(each, people[each["service"]])


def _opinions_asked(found: dict[str, Any], person: User) -> Line:
    count = found["count"]
    told = ngettext("%(count)s opinion is asked of %(name)s", "%(count)s opinions are asked of %(name)s", count)
    own = ngettext("%(count)s opinion is asked of you", "%(count)s opinions are asked of you", count)
    return Line(
        kind="outcomes.opinions_asked",
        subject=str(person.pk),
        title=told % {"count": figure(count), "name": person.own_name},
        own_title=own % {"count": figure(count)},
        why=_("Awaited by %(day)s.") % {"day": full_day(found["due_on"])} if found["due_on"] else "",
        minutes=min(_MINUTES_TO_ADVISE * count, _MOST_MINUTES),
        roles=GIVE_OPINION.in_team,
        person=person.pk,
        url=reverse("opinions"),
        verb=_("Give an opinion"),
        when=When.WEEK,
        amount=count,
    )


@awaits(queries=1)
def answers_of_others(consultations: Iterable[Consultation], at: datetime) -> Iterator[Awaited]:
    """Beside the week of another one: how many answers it owes, once it is its turn."""
    promises = {each.pk: promise_of(each, at=at) for each in consultations if each.opened_at}
    begun = [pk for pk, promise in promises.items() if promise.has_begun]
    rows = Proposal.objects.published().filter(challenge__consultation__in=begun, merged_into=None).exclude(ANSWERED)
    for each in rows.order_by().values("challenge__consultation").annotate(left=Count("pk")):
        promise = promises[each["challenge__consultation"]]
        told = ngettext("%(count)s answer to give", "%(count)s answers to give", each["left"])
        words = told % {"count": figure(each["left"])}
        if promise.until is not None:
            words = _("%(answers)s, promised by %(day)s") % {"answers": words, "day": deadline(promise.until)}
        yield Awaited(each["challenge__consultation"], words, _when(promise, at), promise.until)


@awaits(queries=1)
def signatures_of_others(consultations: Iterable[Consultation], at: datetime) -> Iterator[Awaited]:
    """Beside the week of another one: what waits there for the signature of each person who signs."""
    slugs = {each.pk: each.slug for each in consultations}
    found = Answer.objects.filter(state=AnswerState.TO_SIGN, signer__role__in=SIGN_ANSWERS.in_team)
    found = found.filter(proposal__in=Proposal.objects.published().filter(merged_into=None))
    rows = found.filter(proposal__challenge__consultation__in=slugs).order_by()
    for where, signer, count in (
        rows.values("proposal__challenge__consultation", "signer")
        .annotate(count=Count("pk"))
        .values_list("proposal__challenge__consultation", "signer", "count")
    ):
        words = _waits_for_you(count)
        url = reverse("desk_sign", args=[slugs[where]])
        yield Awaited(where, words, When.WEEK, person=signer, url=url)
