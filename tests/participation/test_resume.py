"""What a visitor did before signing in is done once they are in, by whoever began it and nobody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.adapter import CARRIED_KEYS
from accounts.services import issue_sign_in_link
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, Reaction
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.links import press_link
from tests.participation.factories import ProposalFactory
from tests.participation.test_argue import TEXT, form
from tests.participation.test_react import new_version


@pytest.fixture
def proposal(saran: Municipality) -> Proposal:
    with schema_context(saran.schema_name):
        return ProposalFactory()


@pytest.mark.parametrize("confirms", [False, True])
def test_what_came_in_a_link_is_asked_for_before_it_is_done_in_somebodys_name(
    visit: Callable[..., Client], saran: Municipality, person: Any, proposal: Proposal, confirms: bool
) -> None:
    """Anybody may ask for a link to anybody's address, and it carries what they had begun."""
    stranger = visit(saran)
    stranger.post(proposal.get_absolute_url() + "argumenter/", form())
    stranger.post(proposal.get_absolute_url() + "reagir/", {"reaction": "LIKE"})
    someone = person()
    with schema_context(saran.schema_name):
        begun = stranger.session
        carried = {key: begun[key] for key in CARRIED_KEYS if key in begun}
        token = issue_sign_in_link(user=someone, carried=carried)
    client = visit(saran)
    asked = press_link(client, f"/connexion/lien/{token}/", follow=True)
    assert asked.redirect_chain[-1][0] == "/reprendre/"
    assert TEXT in asked.content.decode()
    assert someone.public_name in asked.content.decode()
    with schema_context(saran.schema_name):
        assert not Argument.objects.exists()
    for _twice in "ab":
        client.post("/reprendre/", {} if confirms else {"drop": "1"})
        client.get("/reprendre/")
    with schema_context(saran.schema_name):
        assert (Argument.objects.filter(author=someone).count(), Reaction.objects.count()) == (confirms, confirms)


def test_whoever_signs_in_for_something_else_still_does_what_they_had_begun(
    visit: Callable[..., Client], saran: Municipality, person: Any, proposal: Proposal
) -> None:
    visitor = visit(saran)
    visitor.post(proposal.get_absolute_url() + "argumenter/", form())
    visitor.get("/connexion/?next=/nouvelles/")
    someone = person()
    with schema_context(saran.schema_name):
        visitor.force_login(someone)
    visitor.get("/connexion/suite/", follow=True)
    with schema_context(saran.schema_name):
        assert Argument.objects.get().author == someone


def test_what_was_begun_long_ago_is_asked_for(
    visit: Callable[..., Client], saran: Municipality, proposal: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visit(saran)
    visitor.post(proposal.get_absolute_url() + "reagir/", {"reaction": "LIKE"})
    later = timezone.now() + timedelta(hours=2)
    with schema_context(saran.schema_name):
        visitor.force_login(UserFactory())
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "Réagir" in visitor.get("/reprendre/").content.decode()
    with schema_context(saran.schema_name):
        assert not Reaction.objects.exists()


def test_what_has_changed_or_was_hidden_meanwhile_is_told_with_what_was_typed(
    visit: Callable[..., Client], saran: Municipality, proposal: Proposal
) -> None:
    with schema_context(saran.schema_name):
        hidden = ProposalFactory()
    visitor = visit(saran)
    visitor.post(proposal.get_absolute_url() + "reagir/", {"reaction": "LIKE", "version": "1"})
    visitor.post(hidden.get_absolute_url() + "argumenter/", form())
    with schema_context(saran.schema_name):
        new_version(proposal)
        Proposal.objects.filter(pk=hidden.pk).update(status=Status.HIDDEN)
        visitor.force_login(UserFactory())
    answer = visitor.get("/reprendre/", follow=True)
    assert answer.redirect_chain[-1][0] == proposal.get_absolute_url()
    assert "Ma mère a 84 ans" in answer.content.decode()
    assert "nouvelle version" in answer.content.decode()
    with schema_context(saran.schema_name):
        assert not Reaction.objects.exists()
        assert not Argument.objects.exists()
