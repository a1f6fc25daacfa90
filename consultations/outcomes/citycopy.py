"""What a city takes with it of outcomes (common.citycopy): the desk's copy has what everybody reads."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.outcomes.models import (
    Answer,
    AnswerVersion,
    Milestone,
    Opinion,
    Project,
    ProjectFollow,
    ProjectNews,
    ProjectSource,
    StateChange,
    Takeaways,
)
from consultations.participation.models import Proposal

in_city_copies(
    Answer,
    title=_("Answers of the authority: where they are"),
    shared="id proposal_id state due_on current_id answered_at late_why late_until late_earlier",
    complete="writer_id signer_id given_at given_by_id proposal_version sent_back decision own_words reasons competent "
    "expected_on change revision updated_at",
    rows=lambda: Answer.objects.filter(proposal__in=Proposal.objects.published()).order_by("pk"),
)
in_city_copies(
    AnswerVersion,
    title=_("Answers of the authority, as they were published"),
    shared="id answer_id number proposal_version proposal_title decision own_words reasons competent expected_on "
    "change signed_name signed_function signed_at opinions_of",
    complete="signed_by_id is_hidden",
    rows=lambda: AnswerVersion.objects.filter(
        is_hidden=False, answer__proposal__in=Proposal.objects.published()
    ).order_by("pk"),
)
in_city_copies(
    Opinion,
    title=_("Opinions of services"),
    complete="id answer_id service_id service_name question due_on asked_by_id asked_at reminded_at taken_back_at "
    "stance words cost given_at proposal_version revision",
)
in_city_copies(
    Project,
    title=_("Projects"),
    shared="id consultation_id slug import_ref title summary state state_reason decided_on lead_service contact_email "
    "elected location neighbourhood budget_planned budget_spent picture_id picture_alt created_at published_at "
    "last_said_at follower_count",
    complete="revision",
    rows=lambda: Project.objects.exclude(published_at=None).order_by("pk"),
)


def _published(model: type[Model]) -> Callable[[], QuerySet[Any]]:
    return lambda: model._default_manager.exclude(project__published_at=None).order_by("pk")


in_city_copies(
    ProjectSource,
    title=_("The proposals that projects come from"),
    shared="id project_id proposal_id",
    rows=_published(ProjectSource),
)
in_city_copies(
    Milestone,
    title=_("Steps of projects"),
    shared="id project_id title planned_on first_planned_on late_why done_on",
    rows=_published(Milestone),
)
in_city_copies(
    ProjectNews,
    title=_("News of projects"),
    shared="id project_id title text picture_id picture_alt published_at",
    complete="written_by_id is_hidden",
    rows=lambda: ProjectNews.objects.filter(is_hidden=False).exclude(project__published_at=None).order_by("pk"),
)
in_city_copies(
    StateChange,
    title=_("The states that projects went through"),
    shared="id project_id state reason changed_at",
    rows=_published(StateChange),
)
in_city_copies(
    ProjectFollow,
    title=_("Who follows which project"),
    complete="id project_id user_id created_at",
)
in_city_copies(
    Takeaways,
    title=_("What the authority retains of its consultations"),
    shared="id consultation_id text revision updated_at",
)

in_words(
    {
        "answer_id": _("the answer: its number"),
        "current_id": _("the version that counts: its number"),
        "due_on": _("when it is to be done"),
        "outcomes_answer.answered_at": _("when its first version was published"),
        "late_why": _("why it is late"),
        "late_until": _("its new date"),
        "late_earlier": _("the days announced before it"),
        "writer_id": _("who writes it"),
        "signer_id": _("who is to sign it"),
        "signed_by_id": _("who signed it"),
        "signed_name": _("name under the signature"),
        "signed_function": _("function under the signature"),
        "signed_at": _("when it was signed and published"),
        "opinions_of": _("services that gave their opinion"),
        "given_at": _("when it was given"),
        "given_by_id": _("who gave it to be signed"),
        "proposal_version": _("version of the proposal that is answered"),
        "proposal_title": _("its title then"),
        "sent_back": _("why it was given back"),
        "decision": _("decision"),
        "own_words": _("sentence for this proposal alone"),
        "reasons": _("reasons"),
        "competent": _("who decides on it"),
        "expected_on": _("when the answer that counts is expected"),
        "change": _("what changed"),
        "service_id": _("who is asked"),
        "service_name": _("who was asked, in words"),
        "outcomes_opinion.asked_by_id": _("who asked"),
        "outcomes_opinion.asked_at": _("when they were asked"),
        "reminded_at": _("when they were reminded"),
        "taken_back_at": _("when the request was taken back"),
        "outcomes_opinion.stance": _("opinion"),
        "outcomes_opinion.words": _("words"),
        "outcomes_opinion.proposal_version": _("version of the proposal on which it was given"),
        "cost": _("estimated cost, in euros"),
        "project_id": _("the project: its number"),
        "state_reason": _("why it was given up"),
        "decided_on": _("when it was decided"),
        "lead_service": _("service in charge"),
        "elected": _("elected official in charge"),
        "location": _("place"),
        "budget_planned": _("budget planned, in euros"),
        "budget_spent": _("spent, in euros"),
        "last_said_at": _("when it was last heard of"),
        "follower_count": _("number of people who follow it"),
        "planned_on": _("planned for"),
        "first_planned_on": _("first planned for"),
        "done_on": _("done on"),
        "written_by_id": _("who wrote it"),
        "is_hidden": _("hidden"),
        "changed_at": _("when it changed"),
    }
)
