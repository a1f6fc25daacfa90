"""What is open of what the city answers and makes (consultations.opendata). Who signs does so in office, by name."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consultations.framing.models import Consultation
from consultations.opendata.names import Names
from consultations.opendata.registry import Column, Kind, address, named, offers_feed, opens, refers
from consultations.outcomes.enums import Decision, ProjectState
from consultations.outcomes.models import AnswerVersion, Milestone, Project, ProjectNews
from consultations.participation.enums import Status

_AT_ONCE = 200

offers_feed("answers_feed", _("Answers of the authority"), order=20)
offers_feed("projects_feed", _("Projects and their news"), order=30, of_city=True)
_WORDS = ("own_words", "reasons", "competent", "expected_on", "change")


def answer_line(each: AnswerVersion, names: Names) -> dict[str, Any]:
    said = {
        "type": "answer",
        "proposal": names.of("propositions", each.answer.proposal_id),
        "number": each.number,
        "decision": each.decision.lower(),
        "proposal_version": each.proposal_version,
        "proposal_title": each.proposal_title,
        "signed_name": each.signed_name,
        "signed_function": each.signed_function,
        "signed_at": each.signed_at,
    }
    return said | {name: value for name in _WORDS if (value := getattr(each, name))}


@opens(
    "reponses-officielles",
    _("Answers of the authority"),
    _("What the authority decided of each proposal, and why; those that it has replaced, too."),
    order=60,
    columns=(
        named("reponses-officielles"),
        refers("proposition", "propositions", "answer.proposal_id", _("the proposal that is answered"), required=True),
        Column("numero", "number", _("which answer to this proposal: 1 is the first"), Kind.NUMBER, required=True),
        Column(
            "en_vigueur",
            lambda each, names: each.answer.current_id == each.pk,
            _("whether it is the one that counts"),
            Kind.FLAG,
            required=True,
        ),
        Column("decision", "decision", _("what was decided"), codes=Decision, required=True),
        Column("reponse", "own_words", _("what is said to this proposal alone")),
        Column("motifs", "reasons", _("why it was decided so")),
        Column("competence", "competent", _("whose it is to decide, where it is not the authority’s")),
        Column("attendue_le", "expected_on", _("when the answer that counts is expected"), Kind.DAY),
        Column("changement", "change", _("what changes from the answer before")),
        Column("version_lue", "proposal_version", _("the version of the proposal that was answered"), Kind.NUMBER),
        Column("signataire", "signed_name", _("who signed it"), required=True),
        Column("fonction", "signed_function", _("their function on that day")),
        Column("signee_le", "signed_at", _("when it was signed and published"), Kind.MOMENT, required=True),
    ),
    line=answer_line,
)
def answers(consultation: Consultation) -> Iterable[AnswerVersion]:
    """None after one that is hidden: what replaced it stands alone, under its own number."""
    found = AnswerVersion.objects.filter(
        is_hidden=False,
        answer__proposal__status=Status.PUBLISHED,
        answer__proposal__challenge__in=consultation.challenges.shown().values("pk"),
    )
    return found.select_related("answer").order_by("answer", "number").iterator(chunk_size=_AT_ONCE)


def _projects(consultation: Consultation) -> QuerySet[Project]:
    return Project.objects.filter(consultation=consultation).exclude(published_at=None)


def _sources(each: Project, names: Names) -> list[str]:
    public = [source for source in each.sources.all() if source.proposal.status == Status.PUBLISHED]
    return [str(names.of("propositions", source.proposal_id)) for source in public]


def project_line(each: Project, names: Names) -> dict[str, Any]:
    said: dict[str, Any] = {
        "type": "project",
        "ref": names.of("projets", each.pk),
        "title": each.title,
        "summary": each.summary,
        "state": each.state.lower(),
        "published_at": each.published_at,
        "proposals": _sources(each, names),
        "milestones": [_step(step) for step in each.milestones.all()],
        "news": [_told(news) for news in each.news.all() if not news.is_hidden],
    }
    more = ("state_reason", "decided_on", "lead_service", "elected", "location", "budget_planned", "budget_spent")
    said |= {name: value for name in more if (value := getattr(each, name)) not in ("", None)}
    return said | ({"place": each.neighbourhood} if each.neighbourhood else {})


def _step(each: Milestone) -> dict[str, Any]:
    days = {"done_on": each.done_on, "first_planned_on": each.first_planned_on}
    said = {"title": each.title, "planned_on": each.planned_on}
    said |= {name: day for name, day in days.items() if day}
    return said | ({"late_why": each.late_why} if each.late_why else {})


def _told(each: ProjectNews) -> dict[str, Any]:
    return {"title": each.title, "text": each.text, "published_at": each.published_at}


@opens(
    "projets",
    _("Projects"),
    _("What the authority makes of accepted proposals, and how far it has come."),
    order=70,
    columns=(
        named("projets"),
        Column("titre", "title", _("its title"), required=True),
        Column("resume", "summary", _("what it is"), required=True),
        Column("etat", "state", _("how far it has come"), codes=ProjectState, required=True),
        Column("motif_etat", "state_reason", _("why, of one that is given up")),
        Column(
            "propositions",
            lambda each, names: " ".join(_sources(each, names)),
            _("the proposals out of which it grew, spaces between"),
        ),
        Column("decide_le", "decided_on", _("when it was decided"), Kind.DAY),
        Column("service", "lead_service", _("the service in charge")),
        Column("elu", "elected", _("the elected official in charge")),
        Column("lieu", "location", pgettext_lazy("project", "where it is")),
        Column("quartier", "neighbourhood", _("the part of town that it is about")),
        Column("budget_prevu", "budget_planned", _("what is planned for it, in whole euros"), Kind.NUMBER),
        Column("budget_depense", "budget_spent", _("what was spent on it, in whole euros"), Kind.NUMBER),
        Column("publie_le", "published_at", _("when it was published"), Kind.MOMENT, required=True),
        address(),
    ),
    line=project_line,
)
def projects(consultation: Consultation) -> Iterable[Project]:
    found = _projects(consultation).prefetch_related("sources__proposal", "milestones", "news")
    return found.order_by("pk").iterator(chunk_size=_AT_ONCE)


@opens(
    "etapes",
    _("Steps of projects"),
    _("What is to be done of each project, and what is done."),
    order=75,
    columns=(
        named("etapes"),
        refers("projet", "projets", "project_id", _("the project"), required=True),
        Column("titre", "title", _("what is to be done"), required=True),
        Column("prevue_le", "planned_on", _("the day for which it is planned"), Kind.DAY, required=True),
        Column("prevue_d_abord_le", "first_planned_on", _("the day that was announced first"), Kind.DAY),
        Column("motif_retard", "late_why", _("why it was put off")),
        Column("faite_le", "done_on", _("the day on which it was done"), Kind.DAY),
    ),
)
def milestones(consultation: Consultation) -> Iterable[Milestone]:
    found = Milestone.objects.filter(project__in=_projects(consultation).values("pk"))
    return found.order_by("project", "planned_on", "pk").iterator(chunk_size=_AT_ONCE)


@opens(
    "nouvelles",
    _("News of projects"),
    _("What the authority tells of each project."),
    order=80,
    columns=(
        named("nouvelles"),
        refers("projet", "projets", "project_id", _("the project"), required=True),
        Column("titre", "title", _("its title"), required=True),
        Column("texte", "text", _("what is told"), required=True),
        Column("publie_le", "published_at", _("when it was published"), Kind.MOMENT, required=True),
    ),
)
def news(consultation: Consultation) -> Iterable[ProjectNews]:
    found = ProjectNews.objects.filter(is_hidden=False, project__in=_projects(consultation).values("pk"))
    return found.defer("picture").order_by("project", "pk").iterator(chunk_size=_AT_ONCE)
