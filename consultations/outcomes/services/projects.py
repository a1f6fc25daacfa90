"""Making a project of accepted proposals, publishing it, and saying where it stands."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import slugify

from accounts.audit import record
from accounts.models import User
from accounts.neighbourhoods import choose_neighbourhood
from common.dates import is_reasonable
from common.meanwhile import ChangedMeanwhile
from common.outbox import announce_later
from common.pictures import Photo
from common.text import Words
from consultations.cocreation.rules import mail_address
from consultations.framing.models import Consultation
from consultations.framing.services.consultations import locked
from consultations.outcomes.enums import ACCEPTED, ALIVE, ProjectState
from consultations.outcomes.euros import check_amount
from consultations.outcomes.events import project_moved, project_published
from consultations.outcomes.models import Answer, AnswerVersion, Project, ProjectFollow, ProjectSource, StateChange
from consultations.outcomes.selectors.project_desk import accepted
from consultations.outcomes.services.project_refusals import (
    AnswerFirst,
    BeforeConsultation,
    BeforeDecision,
    DayRefused,
    NotAccepted,
    PictureNotDescribed,
    PublishedAlready,
    SourceNotAccepted,
    WhyMissing,
)
from consultations.participation.enums import Stage
from consultations.participation.models import Proposal
from consultations.participation.rules import PICTURE_ALT, choice
from consultations.participation.selectors.audience import those_who_follow, those_who_work_on
from consultations.participation.services.drafts import forget_unshown_pictures, store_photo
from consultations.participation.services.writing import lock

TITLE, SUMMARY, REASON = Words(5, 120, one_line=True), Words(30, 1000), Words(10, 1000)
LINE = Words(2, 120, one_line=True)
# What the team writes of a project beside its title and summary, and the longest of each.
_LINES = {"lead_service": 120, "elected": 160, "location": 200}


def make_project(
    *, consultation: Consultation, proposals: Sequence[int], title: str, summary: str, by: User, at: datetime
) -> Project:
    """Prepare a project: the team alone sees it. The very same one again: it is returned.

    Raises NotAccepted, TextTooShort, TextTooLong, ConsultationArchived.
    """
    title, summary = TITLE.cleaned(title), SUMMARY.cleaned(summary)
    wanted = sorted(set(proposals))
    with transaction.atomic():
        consultation = locked(consultation)
        found = accepted(consultation).filter(pk__in=wanted).select_for_update(of=("self",), no_key=True)
        if not wanted or len(found.only("pk")) < len(wanted):
            raise NotAccepted
        for same in consultation.projects.filter(title=title).prefetch_related("sources"):
            if sorted(source.proposal_id for source in same.sources.all()) == wanted:
                return same
        project = Project.objects.create(
            consultation=consultation, slug=free_slug(title), title=title, summary=summary, created_at=at
        )
        ProjectSource.objects.bulk_create(ProjectSource(project=project, proposal_id=pk) for pk in wanted)
        record("project_made", actor=by, subject=project, title=title)
    return project


def prepare_chosen(
    *,
    consultation: Consultation,
    proposal: Proposal,
    title: str,
    summary: str,
    cost: int | None,
    neighbourhood: str,
    by: User,
    at: datetime,
) -> Project | None:
    """A project of what a vote chose, before its answer is signed: the team alone sees it, and it is published after
    the answer. Nothing where one grows from it already. The caller holds the consultation's row.
    """
    if ProjectSource.objects.filter(proposal=proposal).exists():
        return None
    project = Project.objects.create(
        consultation=consultation,
        slug=free_slug(title),
        title=TITLE.cleaned(title),
        summary=SUMMARY.cleaned(summary),
        budget_planned=cost,
        neighbourhood=neighbourhood,
        created_at=at,
    )
    ProjectSource.objects.create(project=project, proposal=proposal)
    record("project_made", actor=by, subject=project, title=project.title)
    return project


def free_slug(title: str) -> str:
    """Of two consultations two may be made at once: the database lets one of them in."""
    base = slugify(title)[:70].strip("-") or "projet"
    taken = set(Project.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for number in range(1, 1000) if (slug := f"{base}-{number}" if number > 1 else base) not in taken)


def change_project(
    *,
    project: Project,
    revision: int,
    title: str,
    summary: str,
    decided_on: date | None,
    contact_email: str,
    neighbourhood: str,
    budget_planned: int | None,
    budget_spent: int | None,
    picture_alt: str,
    by: User,
    at: datetime,
    photo: Photo | None = None,
    without_picture: bool = False,
    **lines: str,
) -> Project:
    """Write what its page says of it. `lines`: lead_service, elected, location.

    Raises ChangedMeanwhile, TextTooShort, TextTooLong, AmountRefused, DayRefused, BeforeConsultation,
    BeforeDecision, NoMailAddress, NeighbourhoodRefused, PictureNotDescribed.
    """
    for amount in (budget_planned, budget_spent):
        check_amount(amount)
    given: dict[str, Any] = {"title": TITLE.cleaned(title), "summary": SUMMARY.cleaned(summary)}
    given |= {name: Words(2, most, one_line=True).cleaned(lines[name], optional=True) for name, most in _LINES.items()}
    given |= {"decided_on": decided_on, "neighbourhood": neighbourhood}
    given |= {"contact_email": mail_address(contact_email) if contact_email else ""}
    given |= {"budget_planned": budget_planned, "budget_spent": budget_spent}
    check_day(decided_on, project.consultation)
    alt = PICTURE_ALT.cleaned(picture_alt, optional=True)
    with transaction.atomic():
        lock(project)
        if project.revision != revision:
            raise ChangedMeanwhile(project)
        choose_neighbourhood(neighbourhood, before=project.neighbourhood)
        if decided_on and project.milestones.filter(planned_on__lt=decided_on).exists():
            raise BeforeDecision
        for name, value in given.items():
            setattr(project, name, value)
        _choose_picture(project, photo=photo, without=without_picture, alt=alt, at=at)
        project.revision += 1
        project.save()
        forget_unshown_pictures()
        record("project_changed", actor=by, subject=project)
    return project


def _choose_picture(project: Project, *, photo: Photo | None, without: bool, alt: str, at: datetime) -> None:
    if photo is not None:
        project.picture = store_photo(photo, at=at)
    elif without:
        project.picture = None
    if project.picture_id and not alt:
        raise PictureNotDescribed
    project.picture_alt = alt if project.picture_id else ""


def check_day(day: date | None, consultation: Consultation) -> None:
    """Raises DayRefused, BeforeConsultation."""
    if day is None:
        return
    if not is_reasonable(day):
        raise DayRefused
    if consultation.opened_at and day < timezone.localdate(consultation.opened_at):
        raise BeforeConsultation


def publish_project(*, project: Project, by: User, at: datetime) -> Project:
    """Let everyone read it, for good. Whoever works on its proposals or follows them follows it from now on. Again
    changes nothing. Raises AnswerFirst.
    """
    with transaction.atomic():
        lock(project)
        if project.published_at is not None:
            return project
        if project.sources.filter(proposal__answer__current=None).exists():
            raise AnswerFirst
        proposals = sources_of(project)
        Proposal.objects.filter(pk__in=proposals).update(stage=Stage.PROJECT)
        people = those_who_work_on(proposals) | those_who_follow(proposals)
        ProjectFollow.objects.bulk_create(
            (ProjectFollow(project=project, user_id=person, created_at=at) for person in sorted(people)),
            ignore_conflicts=True,
        )
        project.follower_count = project.follows.count()
        project.published_at = project.last_said_at = at
        project.save(update_fields=["follower_count", "published_at", "last_said_at"])
        StateChange.objects.create(project=project, state=project.state, reason=project.state_reason, changed_at=at)
        record("project_published", actor=by, subject=project, title=project.title)
        announce_later(project_published, project_id=project.pk, actor_id=by.pk)
    return project


def sources_of(project: Project) -> list[int]:
    """The proposals that it comes from, with those that the collective ones of them bring together."""
    own = ProjectSource.objects.filter(project=project).values("proposal")
    found = Proposal.objects.filter(Q(pk__in=own) | Q(merged_into__in=own))
    return list(found.order_by("pk").values_list("pk", flat=True))


def change_state(*, project: Project, state: str, reason: str, revision: int, by: User, at: datetime) -> Project:
    """Say where it stands now. Giving it up needs a reason, and so does taking up again what was given up or
    done; what is given up is not taken up as long as one of its proposals is answered otherwise than as accepted. The
    same state again changes nothing.

    Raises UnknownChoice, WhyMissing, SourceNotAccepted, TextTooShort, TextTooLong, ChangedMeanwhile.
    """
    wanted = choice(ProjectState, state)
    reason = REASON.cleaned(reason, optional=True)
    with transaction.atomic():
        origins = list(_locked_origins(project))  # before the project: so does who signs an answer
        lock(project)
        if project.state == wanted:
            return project
        if project.revision != revision:
            raise ChangedMeanwhile(project)
        if not reason and (wanted == ProjectState.ABANDONED or project.state not in ALIVE):
            raise WhyMissing
        if project.state == ProjectState.ABANDONED and _not_accepted(origins):
            raise SourceNotAccepted
        project.state, project.state_reason = wanted, reason if wanted == ProjectState.ABANDONED else ""
        project.revision += 1
        record("project_moved", actor=by, subject=project, state=wanted.value)
        if project.published_at is not None:
            project.last_said_at = at
            change = StateChange.objects.create(project=project, state=wanted, reason=reason, changed_at=at)
            announce_later(project_moved, change_id=change.pk, actor_id=by.pk)
        project.save(update_fields=["state", "state_reason", "revision", "last_said_at"])
    return project


def _locked_origins(project: Project) -> QuerySet[Proposal]:
    found = Proposal.objects.filter(project_sources__project=project).order_by("pk").only("pk")
    return found.select_for_update(of=("self",), no_key=True)


def _not_accepted(proposals: Sequence[Proposal]) -> bool:
    said = AnswerVersion.objects.filter(pk__in=Answer.objects.filter(proposal__in=proposals).values("current"))
    return said.exclude(decision__in=[each.value for each in ACCEPTED]).exists()


def discard_project(*, project: Project, by: User) -> None:
    """Delete what nobody but the team has seen. Raises PublishedAlready."""
    with transaction.atomic():
        lock(project)
        if project.published_at is not None:
            raise PublishedAlready
        record("project_discarded", actor=by, subject=project, title=project.title)
        project.delete()
        forget_unshown_pictures()
