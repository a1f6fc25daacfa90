"""An answer is to the text that was read: it no longer changes unseen, and everybody sees which one it was."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.outcomes.enums import AnswerState
from consultations.outcomes.models import Answer
from consultations.outcomes.services.refusals import TextAnswered
from consultations.participation.models import Proposal
from consultations.participation.services.proposals import edit_proposal
from tenants.models import Municipality
from tests.outcomes.factories import AnswerFactory, published_answer
from tests.participation.test_edit import TEXT, published
from tests.support.pages import says

SETTLED = {
    "waits for a signature": (AnswerFactory, {"to_sign": True}),
    "published": (published_answer, {}),
    "published and being changed": (published_answer, {"state": AnswerState.WRITING}),
}


@pytest.mark.parametrize(("make", "kwargs"), SETTLED.values(), ids=SETTLED)
def test_a_text_that_is_answered_is_no_longer_corrected_in_place(
    visit: Callable[..., Client], saran: Municipality, person: Any, make: Callable[..., Answer], kwargs: dict[str, Any]
) -> None:
    author = person()
    with schema_context(saran.schema_name):
        proposal = published(author)
    client, address = visit(saran, author), proposal.get_absolute_url()
    assert "corriger/" in client.get(address).content.decode()
    with schema_context(saran.schema_name):
        make(proposal=proposal, **kwargs)
        with pytest.raises(TextAnswered):
            edit_proposal(proposal=proposal, author=author, at=timezone.now(), **TEXT)
    assert "corriger/" not in client.get(address).content.decode()
    for answer in (client.get(f"{address}corriger/"), client.post(f"{address}corriger/", TEXT)):
        assert says(answer, TextAnswered)
        assert not answer.context["may_edit"]
    with schema_context(saran.schema_name):
        assert Proposal.objects.get().title == proposal.title


def test_a_text_that_is_being_answered_may_still_be_corrected(in_saran: Municipality) -> None:
    proposal = published()
    AnswerFactory(proposal=proposal, written=True)
    assert edit_proposal(proposal=proposal, author=proposal.author, at=timezone.now(), **TEXT).title == TEXT["title"]
