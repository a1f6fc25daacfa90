"""What each address of outcomes answers to whom (tests.support.addresses)."""

from typing import Any

from consultations.outcomes.models import Answer
from consultations.participation.models import Proposal
from tests.outcomes.factories import AnswerVersionFactory, published_answer
from tests.support.roles import OPEN, Rows

CITY: Rows = {
    "answers": (OPEN, None),
    "answers_of": (OPEN, None),
}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    return {"slug": "territoires-resilients"} if address.name == "answers_of" else {}


def on_pages(user: Any) -> None:
    """An answer to each of their proposals, which has changed."""
    for proposal in Proposal.objects.published().filter(author=user, answer=None):
        answer = published_answer(proposal=proposal)
        version = AnswerVersionFactory(answer=answer, number=2)
        Answer.objects.filter(pk=answer.pk).update(current=version)
