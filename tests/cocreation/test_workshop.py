"""Answering arguments in the workshop: for those who work on the proposal; public at once, nothing typed is lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from common.models import OutboxMessage
from consultations.cocreation.services.refusals import ArgumentHidden, Settled
from consultations.cocreation.services.verdicts import answer_argument
from consultations.participation.enums import Stance, Status, Verdict
from consultations.participation.models import Argument, Proposal
from consultations.participation.services.refusals import ChangedMeanwhile, NotAnAuthor
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, AuthorshipFactory, VersionedProposalFactory
from tests.participation.test_react import close_phase

NOW = timezone.now
REASON = "C’est juste : la grille sera fermée à 21 h 30."


@pytest.fixture
def proposal(in_saran: Municipality) -> Proposal:
    return VersionedProposalFactory()


@pytest.fixture
def author(visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal) -> Client:
    return visit(in_saran, proposal.author, stays=True)


def address(proposal: Proposal, *more: object) -> str:
    return proposal.get_absolute_url() + "atelier/" + "".join(f"{each}/" for each in more)


def answer(client: Client, argument: Argument, **changes: Any) -> Any:
    sent = {"verdict": "PARTLY", "reason": REASON, "seen": argument.verdict_revision, **changes}
    htmx = {"HTTP_HX_REQUEST": "true"} if sent.pop("htmx", False) else {}
    return client.post(address(argument.proposal, "arguments", argument.pk), sent, **htmx)


def say(
    argument: Argument, verdict: str = "TAKEN", reason: str = "", *, by: Any = None, seen: int | None = None
) -> Argument:
    return answer_argument(
        argument=argument,
        verdict=verdict,
        reason=reason,
        by=by or argument.proposal.author,
        seen_revision=argument.verdict_revision if seen is None else seen,
        at=NOW(),
    )


# ── The service ───────────────────────────────────────────────────────────────


def test_an_answer_is_kept_with_who_gave_it_and_told(proposal: Proposal) -> None:
    argument = say(ArgumentFactory(proposal=proposal), "NOT_TAKEN", REASON)
    assert (argument.verdict, argument.verdict_reason, argument.taken_in) == (Verdict.NOT_TAKEN, REASON, None)
    assert (argument.verdict_by, argument.verdict_revision) == (proposal.author, 1)
    entry = AuditEntry.objects.get(action="argument_answered")
    assert (entry.actor, entry.details) == (proposal.author, {"verdict": "NOT_TAKEN", "revision": 1})
    assert OutboxMessage.objects.get().payload["payload"] == {"argument_id": argument.pk}


def test_the_same_answer_again_changes_nothing_and_another_replaces_it(proposal: Proposal) -> None:
    argument = ArgumentFactory(proposal=proposal)
    for _unused in range(3):
        say(argument)  # each time as if nothing had been seen: the press of a button, sent again
    assert OutboxMessage.objects.count() == AuditEntry.objects.filter(action="argument_answered").count() == 1
    assert say(argument, "PARTLY", REASON, seen=1).verdict == Verdict.PARTLY


def test_a_co_author_who_was_first_is_not_overwritten(proposal: Proposal) -> None:
    argument, other = ArgumentFactory(proposal=proposal), AuthorshipFactory(proposal=proposal).user
    say(argument, "NOT_TAKEN", REASON, by=other)
    with pytest.raises(ChangedMeanwhile, match="changed_meanwhile"):
        say(argument, seen=0)
    argument.refresh_from_db()
    assert (argument.verdict, argument.verdict_by) == (Verdict.NOT_TAKEN, other)


def test_each_answer_is_one_more_and_whoever_saw_an_earlier_one_is_stopped(proposal: Proposal) -> None:
    argument = ArgumentFactory(proposal=proposal)
    first = say(argument, "TAKEN", REASON).verdict_revision
    second = say(argument, "PARTLY", REASON, seen=first).verdict_revision
    with pytest.raises(ChangedMeanwhile):
        say(argument, "NOT_TAKEN", REASON, seen=first)
    assert say(argument, "NOT_TAKEN", REASON, seen=second).verdict_revision == 3


def test_once_a_version_took_it_up_only_the_reason_changes(proposal: Proposal) -> None:
    argument = ArgumentFactory(proposal=proposal, verdict="TAKEN", taken_in=1)
    with pytest.raises(Settled):
        say(argument, "NOT_TAKEN", REASON)
    assert say(argument, "TAKEN", REASON).verdict_reason == REASON


def test_what_moderation_hid_and_what_belongs_to_others_gets_no_answer(proposal: Proposal) -> None:
    with pytest.raises(ArgumentHidden):
        say(ArgumentFactory(proposal=proposal, status=Status.HIDDEN))
    with pytest.raises(NotAnAuthor):
        say(ArgumentFactory(proposal=proposal), by=UserFactory())


# ── The page ──────────────────────────────────────────────────────────────────


def test_the_workshop_is_for_those_who_work_on_the_proposal(
    visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal
) -> None:
    argument = ArgumentFactory(proposal=proposal)
    co_author = AuthorshipFactory(proposal=proposal).user
    assert visit(in_saran, co_author, stays=True).get(address(proposal)).status_code == 200
    stranger = visit(in_saran, UserFactory(administrator=True), stays=True)
    paths = [(), ("arguments", argument.pk), ("texte",), ("difference",), ("abandonner",)]
    assert [stranger.post(address(proposal, *path)).status_code for path in paths] == [404] * 5
    visitor = visit(in_saran, stays=True)
    for path in paths[1:]:
        assert visitor.post(address(proposal, *path)).headers["Location"].endswith(f"?next={address(proposal)}")
    # A draft that keeps itself must not take the sign-in page for a yes.
    assert visitor.post(address(proposal, "texte"), {"autosave": "1"}).status_code == 403
    elsewhere = ArgumentFactory()
    assert (
        visit(in_saran, co_author, stays=True)
        .post(address(proposal, "arguments", elsewhere.pk), {"verdict": "TAKEN"})
        .status_code
        == 404
    )


def test_the_inbox_shows_what_waits_the_most_useful_first(author: Client, proposal: Proposal) -> None:
    late, useful = ArgumentFactory(proposal=proposal), ArgumentFactory(proposal=proposal, useful_count=5)
    first = ArgumentFactory(proposal=proposal, submitted_at=late.submitted_at - timedelta(days=400))
    done = ArgumentFactory(proposal=proposal, verdict="TAKEN", stance=Stance.AGAINST, part="PROBLEM")
    hidden = ArgumentFactory(proposal=proposal, status=Status.HIDDEN, text="Un texte que personne ne doit plus lire.")

    def shown(query: str = "") -> list[int]:
        return [card.argument.pk for card in author.get(address(proposal) + query).context["cards"]]

    assert shown() == [useful.pk, first.pk, late.pk]
    assert shown("?reponse=repris") == shown("?reponse=tous&cote=contre&partie=probleme") == [done.pk]
    assert shown("?reponse=non-repris") == []
    assert hidden.pk in shown("?reponse=tous")
    assert shown("?reponse=%00&cote=x&partie=%27&page=zzz") == shown()
    page = author.get(address(proposal) + "?reponse=tous").content.decode()
    assert "3 arguments attendent votre réponse" in page
    assert "masqué" in page
    assert hidden.text not in page
    assert f"arguments/{hidden.pk}/" not in page


def test_an_answer_comes_back_with_what_it_changes_in_the_page(
    author: Client, visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal
) -> None:
    argument = ArgumentFactory(proposal=proposal, author=UserFactory(public_name="Roue libre"))
    ArgumentFactory(proposal=proposal, author=UserFactory(public_name="Tilleul"), verdict="PARTLY", useful_count=3)
    part = answer(author, argument, htmx=True).content.decode()
    assert "<h1" not in part
    assert "Merci à Tilleul et à Roue libre." in part
    assert 'id="workshop-tabs"' in part
    assert REASON in visit(in_saran, stays=True).get(proposal.get_absolute_url()).content.decode()
    assert "Chaque argument a sa réponse." in part  # and where one goes on from there
    ArgumentFactory(proposal=proposal)
    assert "Voir ce qui attend encore" in answer(author, ArgumentFactory(proposal=proposal), htmx=True).content.decode()
    # Without JavaScript one goes back to where one was.
    back = answer(author, ArgumentFactory(proposal=proposal), back="reponse=a-traiter&cote=pour")
    assert back.headers["Location"] == f"{address(proposal)}?reponse=a-traiter&cote=pour#inbox"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"verdict": ""}, "Choisissez une des trois réponses."),
        ({"verdict": "PEUT-ÊTRE", "htmx": True}, "Choisissez une des trois réponses."),
        ({"verdict": "NOT_TAKEN", "reason": " \u200b", "htmx": True}, "Dites pourquoi"),
        ({"verdict": "PARTLY", "reason": "Trop tard"}, "10"),
        ({"verdict": "TAKEN", "reason": "Un mot " * 3000}, "600"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_the_reason(
    author: Client, proposal: Proposal, changes: dict[str, Any], says: str
) -> None:
    argument = ArgumentFactory(proposal=proposal)
    response = answer(author, argument, back="reponse=repris", **changes)
    page = response.content.decode()
    assert response.status_code == 422
    assert says in page
    assert changes.get("reason", REASON).strip(" \u200b") in page
    assert "data-focus" in page
    # Without JavaScript, the page opens where the refused answer is.
    assert f'action="{address(argument.proposal, "arguments", argument.pk)}#inbox-{argument.pk}"' in page
    argument.refresh_from_db()
    assert not argument.verdict


def test_nobody_is_promised_thanks_from_themselves(
    author: Client, visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal
) -> None:
    co_author = AuthorshipFactory(proposal=proposal, user__public_name="Lanterne").user
    ArgumentFactory(proposal=proposal, author=co_author, verdict="TAKEN")
    assert author.get(address(proposal)).context["thanks"] == "Merci à Lanterne."
    assert visit(in_saran, co_author, stays=True).get(address(proposal)).context["thanks"] == ""


def test_a_refused_page_that_is_loaded_again_leads_back_to_the_workshop(author: Client, proposal: Proposal) -> None:
    argument = ArgumentFactory(proposal=proposal)
    assert author.get(address(proposal, "texte")).headers["Location"] == f"{address(proposal)}?texte#texte"
    assert author.get(address(proposal, "arguments", argument.pk)).headers["Location"] == f"{address(proposal)}#inbox"


def test_beside_each_part_of_the_text_are_its_arguments(author: Client, proposal: Proposal) -> None:
    ArgumentFactory.create_batch(2, proposal=proposal, part="PROBLEM")
    ArgumentFactory(proposal=proposal, part="PROBLEM", status=Status.HIDDEN)
    page = author.get(address(proposal)).content.decode()
    assert "2 arguments sur cette partie" in page
    assert "?reponse=tous&amp;partie=probleme#inbox" in page
    assert "partie=solution#inbox" not in page


def test_two_co_authors_at_once_both_see_both_answers(author: Client, proposal: Proposal) -> None:
    argument, other = ArgumentFactory(proposal=proposal), AuthorshipFactory(proposal=proposal).user
    say(argument, "NOT_TAKEN", "Le budget ne le permet pas cette année.", by=other)
    response = answer(author, argument, seen=0)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Le budget ne le permet pas cette année." in page
    assert REASON in page
    assert f"{other.public_name} a répondu entre-temps" in page
    # Sending it again, having seen, is a decision.
    assert answer(author, argument, seen=1).status_code == 302
    argument.refresh_from_db()
    assert argument.verdict_reason == REASON


def test_after_the_phase_closed_the_workshop_is_read_and_a_reason_kept(author: Client, proposal: Proposal) -> None:
    argument = ArgumentFactory(proposal=proposal)
    close_phase()
    page = author.get(address(proposal)).content.decode()
    assert argument.text in page
    assert 'name="publish"' not in page
    assert 'class="answer"' not in page
    response = answer(author, argument)
    assert response.status_code == 409
    assert REASON in response.content.decode()


@pytest.mark.parametrize("state", ["hidden", "merged"])
def test_a_hidden_or_merged_proposal_is_explained(author: Client, proposal: Proposal, state: str) -> None:
    argument = ArgumentFactory(proposal=proposal)
    collective = VersionedProposalFactory(title="Des lieux frais dans chaque quartier")
    change: dict[str, Any] = {"hidden": {"status": Status.HIDDEN}, "merged": {"merged_into": collective}}[state]
    Proposal.objects.filter(pk=proposal.pk).update(**change)
    page = author.get(address(proposal)).content.decode()
    assert ("La modération a masqué" if state == "hidden" else collective.get_absolute_url()) in page
    assert 'name="publish"' not in page
    refused = answer(author, argument)
    assert refused.status_code == 409
    assert REASON in refused.content.decode()


def test_the_page_costs_the_same_queries_for_two_arguments_and_for_ten(author: Client, proposal: Proposal) -> None:
    def cost(count: int) -> int:
        for _unused in range(count):
            ArgumentFactory(proposal=proposal, verdict="PARTLY", verdict_by=UserFactory())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert author.get(address(proposal) + "?reponse=tous").status_code == 200
        return len(queries)

    assert cost(2) == cost(8) <= 15


def test_the_authors_place_on_the_proposal_leads_to_the_workshop(author: Client, proposal: Proposal) -> None:
    ArgumentFactory.create_batch(2, proposal=proposal)
    ArgumentFactory(proposal=proposal, verdict="TAKEN")
    page = author.get(proposal.get_absolute_url()).content.decode()
    assert "2 arguments attendent votre réponse." in page
    assert f'href="{address(proposal)}"' in page
