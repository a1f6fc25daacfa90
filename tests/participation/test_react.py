"""Saying what one thinks of a proposal: once, changeable, counted exactly."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.framing.models import Consultation
from consultations.framing.services import schedule_phases
from consultations.participation import services
from consultations.participation.counts import recount
from consultations.participation.enums import Status
from consultations.participation.models import Proposal, Reaction
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ProposalFactory

NOW = timezone.now


def counts(proposal: Proposal) -> tuple[int, int, int]:
    proposal.refresh_from_db()
    return proposal.like_count, proposal.mixed_count, proposal.dislike_count


def close_phase(*, days: int = 40) -> None:
    schedule_phases(
        consultation=Consultation.objects.get(),
        opens_at=NOW() - timedelta(days=days + 200),
        closes_at=NOW() - timedelta(days=days + 100),
    )


def test_a_reaction_counts_at_once(in_saran: Municipality) -> None:
    proposal, user = ProposalFactory(), UserFactory()
    services.react(proposal=proposal, user=user, value="LIKE", at=NOW())
    assert counts(proposal) == (1, 0, 0)


def test_the_same_reaction_again_changes_nothing(in_saran: Municipality) -> None:
    proposal, user = ProposalFactory(), UserFactory()
    for _unused in range(3):
        services.react(proposal=proposal, user=user, value="LIKE", at=NOW())
    assert counts(proposal) == (1, 0, 0)


def test_another_reaction_replaces_the_first(in_saran: Municipality) -> None:
    proposal, user = ProposalFactory(), UserFactory()
    services.react(proposal=proposal, user=user, value="LIKE", at=NOW())
    services.react(proposal=proposal, user=user, value="DISLIKE", at=NOW())
    assert counts(proposal) == (0, 0, 1)
    recount()  # from the reactions themselves: the column said the same
    assert counts(proposal) == (0, 0, 1)


def test_nobody_reacts_to_their_own_proposal(in_saran: Municipality) -> None:
    proposal = ProposalFactory()
    with pytest.raises(services.OwnProposal):
        services.react(proposal=proposal, user=proposal.author, value="LIKE", at=NOW())
    assert counts(proposal) == (0, 0, 0)


def test_a_closed_phase_refuses_reactions(in_saran: Municipality) -> None:
    proposal, user = ProposalFactory(), UserFactory()
    close_phase()
    with pytest.raises(services.PhaseClosed):
        services.react(proposal=proposal, user=user, value="LIKE", at=NOW())
    assert counts(proposal) == (0, 0, 0)


def test_a_hidden_proposal_takes_no_reaction(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory(status=Status.HIDDEN)
    response = visit(saran, person()).post(proposal.get_absolute_url() + "reagir/", {"reaction": "LIKE"})
    assert response.status_code == 404


def test_forty_people_at_the_same_moment_are_forty(real_db: str) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        proposal, people = ProposalFactory(), UserFactory.create_batch(40)

    def react(user: Any) -> None:
        try:
            with schema_context(saran.schema_name):
                services.react(proposal=proposal, user=user, value="LIKE", at=NOW())
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(react, people))
    with schema_context(saran.schema_name):
        assert counts(proposal) == (40, 0, 0)


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
