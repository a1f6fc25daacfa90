"""Saying what one thinks of a proposal: once, changeable, counted exactly."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry, User
from common.models import ContentRevision
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation
from consultations.framing.services.consultations import schedule_phases
from consultations.participation.counts import recount
from consultations.participation.enums import AuthorshipRole, Stance, Status
from consultations.participation.models import Argument, Authorship, Proposal, ProposalVersion, Reaction
from consultations.participation.selectors.shares import argued_share
from consultations.participation.services.arguments import argue
from consultations.participation.services.reactions import ask_again, react, withdraw_reaction
from consultations.participation.services.refusals import OwnProposal, PhaseClosed, TextRenewed
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory
from tests.support.pages import says

NOW = timezone.now


def counts(proposal: Proposal) -> tuple[int, int, int]:
    proposal.refresh_from_db()
    return proposal.like_count, proposal.mixed_count, proposal.dislike_count


def only_phase(kind: str) -> None:
    """The consultation is in this phase, and in no other."""
    phases = Consultation.objects.get().phases
    phases.all().update(opens_at=NOW() + timedelta(days=50), closes_at=NOW() + timedelta(days=51))
    phases.update_or_create(kind=kind, defaults={"opens_at": NOW() - timedelta(days=1)})


def close_phase(*, days: int = 40) -> None:
    schedule_phases(
        consultation=Consultation.objects.get(),
        opens_at=NOW() - timedelta(days=days + 200),
        closes_at=NOW() - timedelta(days=days + 100),
    )


def test_a_reaction_counts_at_once(in_saran: Municipality) -> None:
    proposal, user = ProposalFactory(), UserFactory()
    react(proposal=proposal, user=user, value="LIKE", at=NOW())
    assert counts(proposal) == (1, 0, 0)


def test_the_same_reaction_again_changes_nothing(in_saran: Municipality) -> None:
    proposal, user = ProposalFactory(), UserFactory()
    for _unused in range(3):
        react(proposal=proposal, user=user, value="LIKE", at=NOW())
    assert counts(proposal) == (1, 0, 0)


def test_another_reaction_replaces_the_first(in_saran: Municipality) -> None:
    proposal, user = ProposalFactory(), UserFactory()
    react(proposal=proposal, user=user, value="LIKE", at=NOW())
    react(proposal=proposal, user=user, value="DISLIKE", at=NOW())
    assert counts(proposal) == (0, 0, 1)
    recount()  # from the reactions themselves: the column said the same
    assert counts(proposal) == (0, 0, 1)


def test_nobody_reacts_to_their_own_proposal(in_saran: Municipality) -> None:
    proposal = ProposalFactory()
    with pytest.raises(OwnProposal):
        react(proposal=proposal, user=proposal.author, value="LIKE", at=NOW())
    assert counts(proposal) == (0, 0, 0)


def test_a_closed_phase_refuses_reactions(in_saran: Municipality) -> None:
    proposal, user = ProposalFactory(), UserFactory()
    close_phase()
    with pytest.raises(PhaseClosed):
        react(proposal=proposal, user=user, value="LIKE", at=NOW())
    assert counts(proposal) == (0, 0, 0)


def test_a_hidden_proposal_takes_no_reaction(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory(status=Status.HIDDEN)
    client, press = visit(saran, person()), (proposal.get_absolute_url() + "reagir/", {"reaction": "LIKE"})
    assert client.post(*press).status_code == 404
    # In place, the page is loaded anew, and says that it was hidden.
    assert client.post(*press, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_two_hundred_people_at_the_same_moment_are_two_hundred(real_db: str) -> None:
    """Some change their mind, some take it back, some press twice: the columns say what the reactions say."""
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
        people = User.objects.bulk_create(UserFactory.build() for _unused in range(200))
        recount()  # the factories count nothing

    def take_part(place: int) -> None:
        who = {"proposal": proposal, "user": people[place]}
        try:
            with schema_context(saran.schema_name):
                react(**who, value="LIKE", at=NOW())
                if place % 4 == 1:
                    react(**who, value="DISLIKE", at=NOW())
                if place % 4 == 2:
                    withdraw_reaction(**who, at=NOW())
                if place % 4 == 3:
                    react(**who, value="LIKE", at=NOW())
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(take_part, range(200)))
    with schema_context(saran.schema_name):
        assert counts(proposal) == (100, 0, 50)
        assert (proposal.current_like_count, proposal.current_dislike_count) == (100, 50)
        assert recount() == 0


def writes(captured: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in captured if re.match(r"(INSERT|UPDATE|DELETE|WITH)", query["sql"].strip())]


def test_a_reaction_is_three_writes_and_an_argument_five(in_saran: Municipality) -> None:
    """The last of them is the city's content revision, which throws kept pages away: at commit, so not in a test."""
    proposal, user = ProposalFactory(), UserFactory()
    with CaptureQueriesContext(connection) as captured:
        react(proposal=proposal, user=user, value="LIKE", at=NOW())
    assert len(writes(captured)) + 1 <= 3
    with CaptureQueriesContext(connection) as captured:
        argue(proposal=proposal, author=user, stance="FOR", text="Un banc change sa journée.", at=NOW())
    assert len(writes(captured)) + 1 <= 5
    assert not any("SAVEPOINT" in query["sql"] for query in captured.captured_queries[1:-1])


def new_version(proposal: Proposal) -> None:
    """What publishing a version does: another text, and nobody has said what they think of that one."""
    Proposal.objects.filter(pk=proposal.pk).update(
        version=F("version") + 1, current_like_count=0, current_mixed_count=0, current_dislike_count=0
    )
    proposal.refresh_from_db()
    for number in range(1, proposal.version + 1):
        ProposalVersion.objects.get_or_create(proposal=proposal, number=number, defaults={"title": f"Titre {number}"})


def test_support_is_not_carried_over_to_a_text_that_one_has_not_seen(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    with schema_context(saran.schema_name):
        proposal, user = ProposalFactory(), person()
        react(proposal=proposal, user=user, value="LIKE", at=NOW())
        argue(proposal=proposal, author=user, stance="FOR", text="Un banc change sa journée.", at=NOW())
        new_version(proposal)
        new_version(proposal)
    client = visit(saran, user)
    page = client.get(proposal.get_absolute_url()).content.decode()
    assert "(version 1 → 3)" in page
    assert "versions/?de=1&amp;a=3#difference" in page
    assert "dont 0 sur cette version" in page
    said = client.post(proposal.get_absolute_url() + "reagir/", {"reaction": "LIKE"}, headers={"HX-Request": "true"})
    assert "J’aime\u00a0: 1, dont 1 sur cette version" in said.content.decode()
    assert "(version 1" not in said.content.decode()
    assert b"<textarea" not in said.content  # they have said why
    with schema_context(saran.schema_name):
        assert counts(proposal) == (1, 0, 0)
        assert (proposal.current_like_count, Reaction.objects.get().version) == (1, 3)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_press_on_a_text_that_has_changed_meanwhile_counts_for_nothing(
    visit: Callable[..., Client], saran: Municipality, person: Any, headers: dict[str, str]
) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
    client, press = visit(saran, person()), proposal.get_absolute_url() + "reagir/"
    assert 'name="version" value="1"' in client.get(proposal.get_absolute_url()).content.decode()
    with schema_context(saran.schema_name):
        new_version(proposal)
    refused = client.post(press, {"reaction": "LIKE", "version": "1"}, headers=headers)
    assert (refused.status_code, "versions/?de=1&amp;a=2#difference" in refused.content.decode()) == (409, True)
    with schema_context(saran.schema_name):
        assert counts(proposal) == (0, 0, 0)
    # The answer knows the new text: pressing again is a decision.
    assert 'name="version" value="2"' in refused.content.decode()
    client.post(press, {"reaction": "LIKE", "version": "2"}, headers=headers)
    with schema_context(saran.schema_name):
        assert (counts(proposal), proposal.current_like_count) == ((1, 0, 0), 1)
        argued: dict[str, Any] = {"proposal": proposal, "author": UserFactory(), "stance": "FOR", "at": NOW()}
        given = argue(**argued, text="Un banc change sa journée.", seen_version=1)
        with pytest.raises(TextRenewed):
            react(proposal=proposal, user=UserFactory(), value="LIKE", seen_version=1, at=NOW())
        odd = argue(**argued, text="Deux bancs, encore davantage.", seen_version=7)
        assert (given.version, odd.version) == (1, 2)


@pytest.mark.parametrize("changed", [False, True])
def test_a_reaction_is_taken_back_once(
    visit: Callable[..., Client], saran: Municipality, person: Any, changed: bool
) -> None:
    with schema_context(saran.schema_name):
        proposal, user = ProposalFactory(), person()
        react(proposal=proposal, user=user, value="MIXED", at=NOW())
        react(proposal=proposal, user=UserFactory(), value="MIXED", at=NOW())
        recount()
        if changed:
            new_version(proposal)
    client = visit(saran, user)
    for _unused in range(2):
        response = client.post(proposal.get_absolute_url() + "reagir/", {"withdraw": "1"}, follow=True)
        assert 'aria-pressed="true"' not in response.content.decode()
    with schema_context(saran.schema_name):
        assert counts(proposal) == (0, 1, 0)
        assert recount() == 0
        assert AuditEntry.objects.filter(action="reaction_withdrawn").count() == 1


def test_people_are_asked_why_once_more_and_never_again(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    with schema_context(saran.schema_name):
        proposal, user = ProposalFactory(), person()
        react(proposal=proposal, user=user, value="LIKE", at=NOW())
    path, asks = proposal.get_absolute_url(), "sans dire pourquoi"
    assert asks not in visit(saran, user).get(path).content.decode()
    with schema_context(saran.schema_name):
        Reaction.objects.update(updated_at=NOW() - timedelta(hours=2))
    assert asks not in visit(saran).get(path).content.decode()
    assert asks not in visit(saran, person()).get(path).content.decode()
    assert asks not in visit(saran, user).get(path + "?argumenter").content.decode()
    client, other_device = visit(saran, user), visit(saran, user)
    with schema_context(saran.schema_name):
        before = str(ContentRevision.objects.get())
    assert asks in client.get(path).content.decode()
    for again in (client, other_device):
        assert asks not in again.get(path).content.decode()
    with schema_context(saran.schema_name):
        assert Reaction.objects.get().asked == 2
        assert str(ContentRevision.objects.get()) == before  # nobody's pages were thrown away for it


@pytest.mark.parametrize("stance", Stance.values)
def test_what_is_hidden_is_counted_nowhere(in_saran: Municipality, stance: str) -> None:
    seen = ArgumentFactory(stance=stance, reply_count=3)
    ArgumentFactory(proposal=seen.proposal, stance=stance, status=Status.HIDDEN)
    ReplyFactory(argument=seen)
    ReplyFactory(argument=seen, status=Status.HIDDEN)
    recount()
    seen.refresh_from_db()
    assert (seen.proposal.argument_count, seen.reply_count) == (1, 1)
    assert Consultation.objects.get().argument_count == 1


def test_of_two_devices_that_open_the_page_at_once_one_is_asked(in_saran: Municipality) -> None:
    who = {"proposal": ProposalFactory(), "user": UserFactory()}
    react(**who, value="LIKE", at=NOW())
    assert [ask_again(**who) for _device in range(2)] == [True, False]


@pytest.mark.parametrize("why_not", ["argued", "closed", "reworked"])
def test_nobody_is_asked_again_where_it_makes_no_sense(
    visit: Callable[..., Client], saran: Municipality, person: Any, why_not: str
) -> None:
    with schema_context(saran.schema_name):
        proposal, user = ProposalFactory(), person()
        react(proposal=proposal, user=user, value="LIKE", at=NOW())
        Reaction.objects.update(updated_at=NOW() - timedelta(hours=2))
        if why_not == "argued":
            ArgumentFactory(proposal=proposal, author=user)
        elif why_not == "reworked":
            new_version(proposal)
        else:
            only_phase(PhaseKind.PRIORITISE)
    assert "sans dire pourquoi" not in visit(saran, user).get(proposal.get_absolute_url()).content.decode()
    with schema_context(saran.schema_name):
        assert Reaction.objects.get().asked == 1


def test_when_priorities_are_set_people_react_and_argue_no_more(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
        only_phase(PhaseKind.PRIORITISE)
    client = visit(saran, person())
    page = client.get(proposal.get_absolute_url() + "?argumenter").content.decode()
    assert 'id="reaction-like"' in page
    assert "on ne peut plus donner d’argument" in page
    assert 'id="argumenter"' not in page
    response = client.post(proposal.get_absolute_url() + "reagir/", {"reaction": "LIKE"}, follow=True)
    assert "C’est compté" in response.content.decode()
    words = {"text": "Ma mère a 84 ans et pas de balcon.", "stance": "FOR"}
    refused = client.post(proposal.get_absolute_url() + "argumenter/", words)
    assert refused.status_code == 409
    assert "Ma mère a 84 ans" in refused.content.decode()


@pytest.mark.parametrize("role", [None, *AuthorshipRole])
def test_whoever_works_on_a_proposal_is_told_why_they_do_not_react(
    visit: Callable[..., Client], saran: Municipality, person: Any, role: str | None
) -> None:
    with schema_context(saran.schema_name):
        user = person(administrator=role == AuthorshipRole.STEWARD)
        proposal = ProposalFactory(**({} if role else {"author": user}))
        if role:
            Authorship.objects.create(proposal=proposal, user=user, role=role)
    client = visit(saran, user)
    assert 'id="reaction-like"' not in client.get(proposal.get_absolute_url()).content.decode()
    for path, words in (("reagir/", {"reaction": "LIKE"}), ("argumenter/", {"text": "x" * 30, "stance": "FOR"})):
        refused = client.post(proposal.get_absolute_url() + path, words)
        assert refused.status_code == 409
        assert says(refused, OwnProposal)
    with schema_context(saran.schema_name):
        assert counts(proposal) == (0, 0, 0)


def test_a_merged_proposal_leads_to_the_collective_one_and_keeps_the_text(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    with schema_context(saran.schema_name):
        collective = ProposalFactory(title="Des lieux frais partout")
        proposal = ProposalFactory(merged_into=collective)
    client = visit(saran, person())
    assert 'id="reaction-like"' not in client.get(proposal.get_absolute_url()).content.decode()
    words = {"text": "Ma mère a 84 ans et pas de balcon.", "stance": "FOR"}
    for path, data in (("reagir/", {"reaction": "LIKE"}), ("argumenter/", words)):
        refused = client.post(proposal.get_absolute_url() + path, data)
        assert refused.status_code == 409
        assert collective.get_absolute_url() in refused.content.decode()
    assert "Ma mère a 84 ans" in refused.content.decode()


def test_the_argued_share_counts_people_who_said_why_and_can_be_read(in_saran: Municipality) -> None:
    proposal, people = ProposalFactory(), UserFactory.create_batch(5)
    for user in people:
        react(proposal=proposal, user=user, value="LIKE", at=NOW())
    for user in people[:3]:
        ArgumentFactory.create_batch(2, proposal=proposal, author=user)
    Argument.objects.filter(author=people[2]).update(status=Status.HIDDEN)
    ReplyFactory(argument=Argument.objects.filter(author=people[0])[0], author=people[3])
    withdraw_reaction(proposal=proposal, user=people[1], at=NOW())
    hidden = ProposalFactory(status=Status.HIDDEN)
    Reaction.objects.create(proposal=hidden, user=people[0], value="LIKE")
    share = argued_share(Consultation.objects.get())
    assert (share.reactions, share.argued, share.percent) == (4, 1, 25)


def test_without_javascript_a_reaction_leads_to_the_composer(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
    response = visit(saran, person()).post(proposal.get_absolute_url() + "reagir/", {"reaction": "LIKE"}, follow=True)
    assert response.redirect_chain[0][0].endswith("?argumenter#argumenter")
    assert b"<textarea" in response.content


def test_with_htmx_the_composer_comes_in_place(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
    response = visit(saran, person()).post(
        proposal.get_absolute_url() + "reagir/", {"reaction": "MIXED"}, headers={"HX-Request": "true"}
    )
    assert response.content.strip().startswith(b"<section")
    assert b"<textarea" in response.content
    assert b"<html" not in response.content


def test_an_unknown_reaction_gets_a_sentence(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
    response = visit(saran, person()).post(proposal.get_absolute_url() + "reagir/", {"reaction": "LOVE"})
    assert response.status_code == 422
    with schema_context(saran.schema_name):
        assert not Reaction.objects.exists()


def test_a_visitors_reaction_is_kept_and_counted_once_they_are_in(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
    visitor = visit(saran)
    response = visitor.post(proposal.get_absolute_url() + "reagir/", {"reaction": "LIKE"})
    assert response.headers["Location"] == "/connexion/"
    with schema_context(saran.schema_name):
        assert counts(proposal) == (0, 0, 0)
        visitor.force_login(user := UserFactory())
    for _unused in range(2):
        visitor.get("/reprendre/")
    with schema_context(saran.schema_name):
        assert counts(proposal) == (1, 0, 0)
        assert Reaction.objects.get().user == user
