"""A list in its many orders: read once for all of them, and each of them right."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.participation.counts import recount
from consultations.participation.models import Proposal
from consultations.participation.resident import listing
from consultations.participation.selectors.lists import ProposalFilters, page_of, rows_of
from consultations.participation.services.visibility import hide
from tenants.models import Municipality
from tests.participation.test_discover import LIST, fill, shown

Visit = Callable[..., Client]
TODAY = 32 * (timezone.localdate().toordinal() % 2)
ORDERS = [f"{LIST}?graine={TODAY + number}" for number in range(6)]


@pytest.fixture(autouse=True)
def listed(saran: Municipality, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """Fifteen proposals, where others may read what is old, at a moment whose minute does not pass."""
    at = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: at)
    settings.KEPT_PAGE_SECONDS = 1000.0
    caches["pages"].clear()
    with schema_context(saran.schema_name):
        fill(15)
    yield
    caches["pages"].clear()


def test_what_orders_have_in_common_is_read_once(visit: Visit, saran: Municipality) -> None:
    client = visit(saran)
    with CaptureQueriesContext(connection) as first:
        assert client.get(ORDERS[0]).headers["X-Cache"] == "miss"
    asked = len(first)
    seen = {tuple(shown(client.get(ORDERS[0])))}
    for path in ORDERS[1:]:
        with CaptureQueriesContext(connection) as further:
            page = client.get(path)
        asked_again = len(further)
        # All fifteen cards are there: nothing is asked of the database but the city.
        assert page.headers["X-Cache"] == "form"
        assert asked_again == 1 < asked
        assert f"{path.partition('?')[2]}&amp;page" not in page.content.decode()  # one page: none leads on
        seen.add(tuple(shown(page)))
        assert client.get(path).headers["X-Cache"] == "hit"
    assert len(seen) == len(ORDERS)
    assert len({frozenset(order) for order in seen}) == 1


def test_what_is_hidden_is_on_no_order_at_once(visit: Visit, saran: Municipality) -> None:
    client = visit(saran)
    for path in ORDERS:
        client.get(path)
    pk = shown(client.get(ORDERS[0]))[0]
    with schema_context(saran.schema_name):
        recount()
        hide(Proposal.objects.get(pk=pk), actor=None)
    for path in ORDERS:
        assert pk not in shown(client.get(path))


def test_an_order_is_made_as_for_a_visitor(
    visit: Visit, saran: Municipality, person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    before = listing.shuffle_of

    def spying(request: Any) -> Any:
        asked.append(request.user.is_authenticated)
        return before(request)

    monkeypatch.setattr(listing, "shuffle_of", spying)
    someone, other = (visit(saran, person(public_name=name)) for name in ("Tilleul", "Mésange"))
    for client, path in ((someone, ORDERS[0]), (other, ORDERS[1])):
        assert client.get(path).headers["X-Cache"] != "hit"
    assert asked == [False, False]
    page = other.get(ORDERS[0])
    assert page.headers["X-Cache"] == "hit"
    assert "Mésange" in page.content.decode()
    assert "Tilleul" not in page.content.decode()


def test_pages_of_an_order_have_one_frame_and_what_is_asked_for_another(visit: Visit, saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        Proposal.objects.bulk_create(
            Proposal(pk=2_000_000 + number, challenge=each.challenge, author=each.author, title=f"Idée, suite {number}")
            for number, each in enumerate(Proposal.objects.order_by("pk")[:15])
        )
    client = visit(saran)
    answers = [client.get(f"{ORDERS[0]}{more}") for more in ("", "&page=2", "&page=9", "&page=x", "&q=suite")]
    assert [answer.headers["X-Cache"] for answer in answers] == ["miss", "form", "form", "hit", "miss"]
    first, second, beyond, odd, found = map(shown, answers)
    assert len(first) == 20
    assert len(second) == 10
    assert not set(first) & set(second)
    assert (beyond, odd) == (second, first)
    assert len(found) == 15


def test_an_order_is_the_same_in_all_processes(in_saran: Municipality) -> None:
    """Whoever goes on to the next page may be served by another: drawn from the numbers alone."""
    rows = rows_of(filters=ProposalFilters())
    orders = [[row.pk - 1_000_000 for row in page_of(rows, listing.shuffle_of(_of(seed))[0], 1)] for seed in (0, 1)]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(15))
    assert orders[0] != orders[1]


def _of(seed: int) -> Any:
    request: Any = HttpRequest()
    request.page_variant = (f"{seed} 1", frozenset())
    return request
