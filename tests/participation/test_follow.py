"""Following a challenge or a proposal: one press, whatever the phase, kept through signing in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from accounts.services import issue_sign_in_link
from consultations.participation.enums import Status
from consultations.participation.models import Authorship, Follow, Proposal
from consultations.participation.services.following import follow
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.links import press_link
from tests.participation.factories import ProposalFactory
from tests.tenants.test_lifecycle import put


@pytest.fixture
def proposal(saran: Municipality) -> Proposal:
    with schema_context(saran.schema_name):
        return ProposalFactory()


def followed(city: Municipality) -> int:
    with schema_context(city.schema_name):
        return Follow.objects.count()


def test_following_and_no_longer_say_the_state_that_is_wanted(
    visit: Callable[..., Client], saran: Municipality, proposal: Proposal, person: Any
) -> None:
    client = visit(saran, person())
    for path in (proposal.get_absolute_url(), "/defis/ecologie/"):
        assert 'value="oui"' in client.get(path).content.decode()
        for _again in range(2):
            answer = client.post(f"{path}suivre/", {"suivre": "oui"})
            assert answer.headers["Location"] == f"{path}#suivre"
            assert followed(saran) == 1
        page = client.get(path).content.decode()
        assert 'value="non"' in page
        for _again in range(2):
            client.post(f"{path}suivre/", {"suivre": "non"})
            assert followed(saran) == 0
    with schema_context(saran.schema_name):
        actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert [action for action in actions if "follow" in action] == ["followed", "unfollowed"] * 2


def test_to_htmx_the_button_alone_comes_back(
    visit: Callable[..., Client], saran: Municipality, proposal: Proposal, person: Any
) -> None:
    answer = visit(saran, person()).post(
        f"{proposal.get_absolute_url()}suivre/", {"suivre": "oui"}, HTTP_HX_REQUEST="true"
    )
    page = answer.content.decode()
    assert "<html" not in page
    assert 'id="suivre"' in page
    assert 'value="non"' in page


def test_a_visitors_press_is_kept_through_signing_in(
    visit: Callable[..., Client], saran: Municipality, proposal: Proposal
) -> None:
    client = visit(saran)
    client.post("/defis/ecologie/suivre/", {"suivre": "oui"})
    asked = client.post(f"{proposal.get_absolute_url()}suivre/", {"suivre": "oui"})
    assert asked.headers["Location"] == "/connexion/"
    with schema_context(saran.schema_name):
        token = issue_sign_in_link(user=UserFactory())
    press_link(client, f"/connexion/lien/{token}/")
    assert client.get("/reprendre/").headers["Location"] == f"{proposal.get_absolute_url()}#suivre"
    assert followed(saran) == 2


def test_a_hidden_proposal_is_followed_by_nobody(
    visit: Callable[..., Client], saran: Municipality, proposal: Proposal, person: Any
) -> None:
    with schema_context(saran.schema_name):
        Proposal.objects.update(status=Status.HIDDEN)
    path = f"{proposal.get_absolute_url()}suivre/"
    assert visit(saran, person()).post(path, {"suivre": "oui"}).status_code == 404
    assert followed(saran) == 0


def test_who_works_on_a_proposal_hears_of_it_anyway(
    visit: Callable[..., Client], saran: Municipality, proposal: Proposal, person: Any
) -> None:
    co_author = person()
    with schema_context(saran.schema_name):
        Authorship.objects.create(proposal=proposal, user=co_author, role="CO_AUTHOR")
    page = visit(saran, co_author).get(proposal.get_absolute_url()).content.decode()
    assert 'name="suivre"' not in page


def test_a_city_that_only_reads_offers_no_following(
    visit: Callable[..., Client], saran: Municipality, proposal: Proposal, person: Any
) -> None:
    client = visit(saran, person())
    put(saran, LifecycleState.READ_ONLY)
    page = client.get(proposal.get_absolute_url()).content.decode()
    assert 'name="suivre"' not in page


def test_twice_at_once_is_once(real_db: str) -> None:
    schema = Municipality.objects.get(slug="saran").schema_name
    with schema_context(schema):
        user, proposal = UserFactory(), ProposalFactory()

    def press(_number: int) -> None:
        with schema_context(schema):
            follow(user=user, proposal=proposal, at=timezone.now())
        connection.close()

    with ThreadPoolExecutor(6) as devices:
        list(devices.map(press, range(6)))
    with schema_context(schema):
        assert Follow.objects.count() == 1
        assert AuditEntry.objects.filter(action="followed").count() == 1
