"""What one press costs: the proposal, its phases and the argument are read once, then locked; the answer is made of
those."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from common.db import connection
from consultations.participation.models import Argument, Proposal, Reaction
from consultations.participation.services.arguments import mark_useful
from consultations.participation.services.reactions import react
from consultations.participation.services.refusals import TextRenewed
from consultations.participation.services.replies import reply
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory, VersionedProposalFactory

NOW = timezone.now
HTMX = {"HX-Request": "true"}
TEXT = {"text": "Un banc change sa journée.", "stance": "FOR"}
# Address after that of the proposal or of the argument, what is sent, headers, status, and how many queries at most:
# entering the city, session, person and limit are four of them.
# Without scripts, what came of it is kept for the next page: three more, where the page itself does not say it.
PRESSES: dict[str, tuple[str, dict[str, str], dict[str, str], int, int]] = {
    "react": ("reagir/", {"reaction": "LIKE"}, HTMX, 200, 15),
    "react without scripts": ("reagir/", {"reaction": "LIKE"}, {}, 302, 14),
    "withdraw": ("reagir/", {"withdraw": ""}, HTMX, 200, 15),
    "no reaction": ("reagir/", {"reaction": "LOVE"}, HTMX, 422, 7),
    "argue": ("argumenter/", TEXT, HTMX, 200, 20),
    "argue twice": ("argumenter/", {**TEXT, "stance": "AGAINST"}, HTMX, 409, 15),
    "argue in a word": ("argumenter/", {**TEXT, "text": "Un"}, HTMX, 422, 7),
    "useful": ("arguments/{}/utile/", {"useful": "on"}, HTMX, 200, 16),
    "useful without scripts": ("arguments/{}/utile/", {"useful": "on"}, {}, 302, 18),
    "reply": ("arguments/{}/repondre/", TEXT, HTMX, 200, 20),
    "reply in a word": ("arguments/{}/repondre/", {**TEXT, "text": "Un"}, HTMX, 422, 9),
}


@pytest.mark.parametrize("press", PRESSES)
def test_a_press_reads_the_proposal_its_phases_and_the_argument_once(
    visit: Callable[..., Client], saran: Municipality, person: Any, press: str
) -> None:
    path, sent, headers, status, most = PRESSES[press]
    user = person()
    with schema_context(saran.schema_name):
        argument = ArgumentFactory(proposal=ProposalFactory())
        if press == "withdraw":
            Reaction.objects.create(proposal=argument.proposal, user=user, value="LIKE")
            argument.proposal.like_count = argument.proposal.current_like_count = 1
            argument.proposal.save()
        if press == "argue twice":
            ArgumentFactory(proposal=argument.proposal, author=user, text=TEXT["text"])
        address = argument.proposal.get_absolute_url() + path.format(argument.pk)
    client = visit(saran, user)
    client.get("/")  # the process knows the city from here on
    with CaptureQueriesContext(connection) as captured:
        response = client.post(address, sent, headers=headers)
    assert response.status_code == status
    statements = [query["sql"] for query in captured]
    assert len(statements) <= most, "\n".join(statements)
    shown = [each for each in statements if each.startswith("SELECT") and "FOR NO KEY UPDATE" not in each]
    assert sum('FROM "participation_proposal"' in each for each in shown) == 1
    assert sum('FROM "framing_phase"' in each for each in shown) == 1
    assert sum('"participation_argument"."id" = ' in each for each in shown) == ("{}" in path)
    locked = [each for each in statements if "FOR NO KEY UPDATE" in each]
    assert len(locked) == len(set(locked)) == (0 if status == 422 else 1 + ("{}" in path))


def test_an_edited_reply_and_the_workshop_read_once_too(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    user = person()
    with schema_context(saran.schema_name):
        proposal = VersionedProposalFactory(author=user)
        argument = ArgumentFactory(proposal=proposal)
        own = ReplyFactory(argument=argument, author=user)
        at, texts = proposal.get_absolute_url(), proposal.texts
    answer = {"verdict": "TAKEN", "reason": "Nous l’écrivons dans la prochaine version.", "seen": "0"}
    new = texts | {"solution": f"{texts['solution']} Et même le dimanche."}
    version = new | {"note": "Le dimanche aussi.", "base_version": "1", "seen": "0", "publish": "1"}
    client = visit(saran, user)
    client.get("/")
    for path, sent, headers, status, most in (
        (f"reponses/{own.pk}/corriger/", {"text": "Un texte tout à fait nouveau."}, {}, 302, 22),
        (f"atelier/arguments/{argument.pk}/", answer, HTMX, 200, 17),
        (f"atelier/arguments/{argument.pk}/", answer | {"verdict": "PARTLY"}, HTMX, 409, 13),
        ("atelier/texte/", version, {}, 302, 29),
    ):
        with CaptureQueriesContext(connection) as captured:
            response = client.post(at + path, sent, headers=headers)
        shown = [query["sql"] for query in captured if "FOR NO KEY UPDATE" not in query["sql"]]
        assert (response.status_code, len(captured) <= most) == (status, True), (path, "\n".join(shown))
        assert sum('FROM "participation_proposal"' in each for each in shown) == 1


def test_the_answer_has_the_counts_of_this_very_press(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    with schema_context(saran.schema_name):
        argument = ArgumentFactory(proposal=ProposalFactory())
        address = argument.proposal.get_absolute_url()
    client = visit(saran, person())
    pressed = client.post(f"{address}reagir/", {"reaction": "LIKE"}, headers=HTMX).content.decode()
    assert re.search(r'value="LIKE" aria-pressed="true">.*?<small>1</small>', pressed, re.S)
    client.post(f"{address}arguments/{argument.pk}/utile/", {"useful": "on"}, headers=HTMX)
    client.post(f"{address}arguments/{argument.pk}/repondre/", TEXT, headers=HTMX)
    with schema_context(saran.schema_name):
        argument = Argument.objects.get()
        assert (argument.useful_count, argument.reply_count, argument.proposal.like_count) == (1, 1, 1)


def test_what_is_refused_is_counted_as_written(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    """Else whoever wants to know what is refused may ask as often as they like."""
    with schema_context(saran.schema_name):
        address = ProposalFactory().get_absolute_url() + "argumenter/"
    client = visit(saran, person())
    client.post(address, TEXT)
    answers = [client.post(address, {**TEXT, "stance": "AGAINST"}, headers=HTMX) for _time in range(12)]
    assert {answer.status_code for answer in answers} == {409}
    assert ["gardé dans la page" in answer.content.decode() for answer in answers] == [False] * 11 + [True]


def test_a_service_goes_by_the_row_as_it_is_now_whatever_it_was_given(in_saran: Municipality) -> None:
    """Two pages opened at the same time each have read their own copy."""
    argument, users = ArgumentFactory(proposal=ProposalFactory()), UserFactory.create_batch(2)
    copies = [Argument.objects.get() for _user in users]
    for user, copy in zip(users, copies, strict=True):
        react(proposal=copy.proposal, user=user, value="LIKE", at=NOW())
        mark_useful(argument=copy, user=user, useful=True, at=NOW())
        reply(argument=copy, author=user, text=TEXT["text"], at=NOW())
    argument.refresh_from_db()
    assert (argument.useful_count, argument.reply_count, argument.proposal.like_count) == (2, 2, 2)
    renewed = Proposal.objects.get()
    Proposal.objects.update(version=2)
    with pytest.raises(TextRenewed):
        react(proposal=renewed, user=UserFactory(), value="LIKE", seen_version=1, at=NOW())
