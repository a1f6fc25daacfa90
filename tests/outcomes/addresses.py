"""What each address of outcomes answers to whom (tests.support.addresses)."""

from typing import Any

from accounts.enums import Role
from accounts.models import User
from consultations.outcomes.enums import Decision
from consultations.outcomes.models import Answer
from consultations.participation.enums import Stage
from consultations.participation.models import Proposal
from tests.outcomes.factories import AnswerFactory, AnswerVersionFactory, OpinionFactory, published_answer
from tests.outcomes.project_factories import MilestoneFactory, ProjectNewsFactory, a_picture, accepted, project_from
from tests.support.roles import FRAMERS, FRAMERS_MOVE_ON, NOBODYS, OPEN, POST_ONLY, STAFF, Rows

# Who sees the answers that are being prepared; who signs them; who may be asked for an opinion.
FOLLOWERS = {**FRAMERS, Role.DECISION_MAKER: 200, Role.OBSERVER: 200}
SIGNERS = {**NOBODYS, "visitor": 302, Role.ADMINISTRATOR: 200, Role.DECISION_MAKER: 200}
ASKED = {**STAFF, Role.OBSERVER: 404, Role.MODERATOR: 404}

CITY: Rows = {
    "answers": (OPEN, None),
    "answers_of": (OPEN, None),
    "answers_feed": (OPEN, None),
    "projects_feed": (OPEN, None),
    "projects": (OPEN, None),
    "project": (OPEN, 404),
    "project_picture": (OPEN, 404),
    "project_follow": (POST_ONLY, 404),
    "desk_projects": (FOLLOWERS, None),
    "desk_project_new": (FRAMERS, None),
    "desk_project_picture": (FOLLOWERS, None),
    "desk_project": (FOLLOWERS, None),
    "desk_project_edit": (FRAMERS, None),
    "desk_project_preview": (FOLLOWERS, None),
    "desk_project_publish": (POST_ONLY, None),
    "desk_project_discard": (POST_ONLY, None),
    "desk_project_state": (POST_ONLY, None),
    "desk_step_add": (POST_ONLY, None),
    "desk_step_move": (POST_ONLY, None),
    "desk_step_done": (POST_ONLY, None),
    "desk_step_remove": (POST_ONLY, None),
    "desk_project_news": (POST_ONLY, None),
    "desk_project_news_take_back": (POST_ONLY, None),
    "results": (OPEN, None),
    "results_of": (OPEN, None),
    "desk_report": (FOLLOWERS, None),
    "desk_takeaways": (POST_ONLY, None),
    "council_pack": (FOLLOWERS, None),
    "desk_answers": (FOLLOWERS, None),
    "desk_answer": (FOLLOWERS, None),
    "desk_answer_late": (POST_ONLY, None),
    "desk_answer_give_up": (POST_ONLY, None),
    "desk_answers_assign": (FRAMERS_MOVE_ON, None),  # nothing is chosen
    "desk_answers_ask": (FRAMERS_MOVE_ON, None),
    "desk_answers_together": (FRAMERS_MOVE_ON, None),
    "desk_sign": (SIGNERS, None),
    "desk_sign_back": (POST_ONLY, None),
    "desk_opinion": (POST_ONLY, None),
    "opinions": (ASKED, None),
    "opinion": ({**NOBODYS, "visitor": 302}, None),  # for whoever is asked: tests/outcomes/test_opinions.py
}
EVERYDAY = {
    "desk_report",
    "desk_takeaways",
    "council_pack",
    "desk_answer",
    "desk_answer_late",
    "desk_answer_give_up",
    "desk_answers_assign",
    "desk_answers_ask",
    "desk_answers_together",
    "desk_sign",
    "desk_sign_back",
    "desk_opinion",
    "opinion",
    "desk_project_new",
    "desk_project_edit",
    "desk_project_publish",
    "desk_project_discard",
    "desk_project_state",
    "desk_step_add",
    "desk_step_move",
    "desk_step_done",
    "desk_step_remove",
    "desk_project_news",
    "desk_project_news_take_back",
}
LOOKED_AT = {
    "desk_answers",
    "opinions",
    "desk_projects",
    "desk_project",
    "desk_project_preview",
    "desk_project_picture",
}


def things(made: dict[str, Any]) -> dict[str, Any]:
    project = project_from(accepted(), slug="un-square", picture=a_picture(), picture_alt="Le plan du square")
    answer = AnswerFactory(proposal=made["proposal"], to_sign=True)
    return {
        "official_answer": answer,
        "opinion": OpinionFactory(answer=answer),
        "project": project,
        "milestone": MilestoneFactory(project=project),
        "project_news": ProjectNewsFactory(project=project),
    }


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    if address.name == "council_pack":
        return {"kind": "pdf"}
    if address.name in ("answers_of", "answers_feed", "results_of"):
        return {"slug": "territoires-resilients"}
    if address.name in ("opinion", "desk_opinion"):
        return {"pk": things["opinion"].pk}
    if address.name == "desk_sign_back":
        return {"pk": things["official_answer"].pk}
    if "projets/" not in address.route:
        return {}
    return {
        "slug": "un-square",
        "step": things["milestone"].pk,
        "news": things["project_news"].pk,
        "digest": "f" * 20,
    }


def on_pages(user: User) -> None:
    """An answer to each of their proposals, which has become a refusal; a project that moves, out of one of theirs."""
    for proposal in Proposal.objects.published().filter(author=user, answer=None):
        answer = published_answer(proposal=proposal)
        version = AnswerVersionFactory(answer=answer, number=2, signed_by=user, decision=Decision.DECLINED)
        Answer.objects.filter(pk=answer.pk).update(current=version)
    proposal = accepted(proposal__author=user)
    Proposal.objects.filter(pk=proposal.pk).update(stage=Stage.PROJECT)
    ProjectNewsFactory(project=project_from(proposal, state="UNDERWAY"))
