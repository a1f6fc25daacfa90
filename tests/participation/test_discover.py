"""À découvrir: another order for each visitor, the same as long as they go on, fair to what has been seen less."""

import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django_tenants.utils import schema_context

from consultations.participation.models import Proposal, ProposalViews
from consultations.participation.resident import view_counts
from consultations.participation.selectors.lists import (
    SHUFFLES,
    SORTS,
    ProposalFilters,
    Shuffle,
    page_of,
    proposals_list,
    rows_of,
)
from consultations.participation.services.view_counts import count_views
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import SOLUTION, ProposalFactory, any_challenge

LIST = "/propositions/"


def fill(count: int) -> None:
    """Under the same numbers at every run: an order depends on them."""
    challenge, author = any_challenge(), UserFactory()
    Proposal.objects.bulk_create(
        Proposal(
            pk=1_000_000 + number, challenge=challenge, author=author, title=f"Idée numéro {number}", solution=SOLUTION
        )
        for number in range(count)
    )


def shown(page: Any) -> list[int]:
    return [int(pk) for pk in re.findall(r'href="/propositions/(\d+)/', page.content.decode())]


def two_browsers(client: Client) -> tuple[dict[str, str], dict[str, str]]:
    """Two that get different orders today."""
    seen: dict[str, dict[str, str]] = {}
    for number in range(50):
        browser = {"User-Agent": f"Mozilla/5.0 ({number})"}
        seen.setdefault(client.get(LIST, headers=browser).content.decode().split("graine=")[1][:2], browser)
        if len(seen) == 2:
            return tuple(seen.values())  # type: ignore[return-value]
    raise AssertionError("everyone gets the same order")


def test_visitors_get_different_orders_and_keep_their_own(visit: Callable[..., Client], saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        fill(25)
    client = visit(saran)
    one, other = two_browsers(client)
    first, second = client.get(LIST, headers=one), client.get(LIST, headers=other)
    assert shown(first) != shown(second)
    for browser, before in ((one, first), (other, second), (one, first)):
        again = client.get(LIST, headers=browser)
        assert again.headers["X-Cache"] == "hit"
        assert shown(again) == shown(before)


def test_a_person_finds_their_order_on_every_device(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    with schema_context(saran.schema_name):
        fill(25)
    someone = person()
    one, other = two_browsers(visit(saran))
    orders = [shown(visit(saran, someone).get(LIST, headers=browser)) for browser in (one, other)]
    assert orders[0] == orders[1]


def test_pages_miss_nothing_and_repeat_nothing_even_on_another_network(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    with schema_context(saran.schema_name):
        fill(45)
    client, path, met = visit(saran), LIST, []
    for browser in ({"User-Agent": "Mozilla/5.0 (train)"}, {"User-Agent": "Mozilla/5.0 (home)"}, {}):
        page = client.get(path, headers=browser)
        met += shown(page)
        following = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
        path = LIST + following[1].replace("&amp;", "&") if following else ""
    assert path == ""
    assert len(met) == len(set(met)) == 45


@pytest.mark.parametrize("said", ["64", "-1", "007", "x", "", "٣", "1&graine=2", "9" * 40])
def test_an_order_that_does_not_exist_is_neither_shown_nor_kept(
    visit: Callable[..., Client], saran: Municipality, said: str
) -> None:
    caches["pages"].clear()
    answer = visit(saran).get(f"{LIST}?q=cour&graine={said}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{LIST}?q=cour")
    assert not caches["pages"]._cache  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/", "/mode-d-emploi/", "/propositions/?tri=recentes"])
def test_all_other_pages_are_kept_once(visit: Callable[..., Client], saran: Municipality, path: str) -> None:
    with schema_context(saran.schema_name):
        fill(25)
    client = visit(saran)
    one, other = two_browsers(client)
    client.get(path, headers=one)
    assert client.get(path, headers=other).headers["X-Cache"] == "hit"


@pytest.mark.parametrize("sort", SORTS)
def test_every_sort_lists_everything_once(in_saran: Municipality, sort: str) -> None:
    fill(23)
    filters = ProposalFilters(sort=sort, shuffle=Shuffle(3, date(2026, 11, 24)))
    pages = [list(proposals_list(filters=filters, page=number)) for number in (1, 2)]
    assert [len(page) for page in pages] == [20, 3]
    assert len({proposal.pk for page in pages for proposal in page}) == 23


def test_the_order_of_yesterday_still_leads_on_after_midnight() -> None:
    shuffle = Shuffle(7, date(2026, 11, 24))
    assert Shuffle.of_seed(shuffle.seed, today=date(2026, 11, 24)) == shuffle
    assert Shuffle.of_seed(shuffle.seed, today=date(2026, 11, 25)) == shuffle
    assert 0 <= shuffle.seed < 2 * SHUFFLES


# ── Fair ──────────────────────────────────────────────────────────────────────


def gini(seen: list[int]) -> float:
    """0: all seen as often; near 1: one gets everything."""
    weighed = sum(place * each for place, each in enumerate(sorted(seen), 1))
    return (2 * weighed / sum(seen) - 1) / len(seen) - 1


def seen_by(visitors: int, order: Callable[[int], list[int]], told: Callable[[Counter[int]], None]) -> Counter[int]:
    """Each looks at a first page and opens some of it: rather what stands high. Told in small heaps, as in truth."""
    chance, seen, heap = random.Random(4), Counter[int](), Counter[int]()
    for visitor in range(visitors):
        for place, proposal in enumerate(order(visitor)[:20]):
            if chance.random() < 0.6 * 0.85**place:
                heap[proposal] += 1
        if visitor % 10 == 9:
            told(heap)
            seen += heap
            heap = Counter()
    return seen


def test_ideas_are_seen_far_more_evenly_and_late_ones_catch_up(in_saran: Municipality) -> None:
    fill(50)
    proposals = list(Proposal.objects.order_by("pk").values_list("pk", flat=True))
    late, visitors = set(proposals[-6:]), 300
    chance = random.Random(5)
    days = [date(2026, 11, 1) + timedelta(days=visitor // 50) for visitor in range(visitors)]

    def there(visitor: int) -> list[int]:
        return proposals if visitor >= visitors // 2 else proposals[:-6]

    def discover(visitor: int) -> list[int]:
        shuffle = Shuffle(chance.randrange(SHUFFLES), days[visitor])
        known = [row for row in rows_of(filters=ProposalFilters()) if row.pk <= there(visitor)[-1]]
        return [row.pk for row in page_of(known, shuffle, 1)]

    ours = seen_by(visitors, discover, count_views)
    plain = seen_by(visitors, lambda visitor: chance.sample(there(visitor), 20), lambda heap: None)
    recent = seen_by(visitors, lambda visitor: there(visitor)[::-1], lambda heap: None)

    def spread(seen: Counter[int]) -> float:
        return gini([seen[proposal] for proposal in proposals])

    def catching_up(seen: Counter[int]) -> float:
        """Sights of a late one for each of an early one: 1 once it has caught up, 0.5 at most where nothing helps."""
        early = [seen[proposal] for proposal in proposals if proposal not in late]
        return sum(seen[proposal] for proposal in late) / len(late) / (sum(early) / len(early))

    assert spread(ours) < 0.65 * spread(plain)
    assert spread(ours) < 0.15 * spread(recent)
    assert min(ours[proposal] for proposal in proposals) > 0.5 * ours.total() / len(proposals)
    assert catching_up(plain) < 0.6 < 0.75 < catching_up(ours)


# ── Counting who opens a proposal ─────────────────────────────────────────────

BROWSER = {"User-Agent": "Mozilla/5.0 (Android 9) Firefox/128"}


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_counts, "_FLUSH_SECONDS", 0.0)


def counted(city: Municipality) -> list[int]:
    with schema_context(city.schema_name):
        return list(ProposalViews.objects.order_by("pk").values_list("count", flat=True))


def opened(city: Municipality) -> str:
    with schema_context(city.schema_name):
        return ProposalFactory().get_absolute_url()


def test_opening_a_proposal_counts_from_memory_too(
    visit: Callable[..., Client], saran: Municipality, at_once: None
) -> None:
    path, client = opened(saran), visit(saran)
    for number in (1, 2, 3):
        client.get(path, headers=BROWSER, REMOTE_ADDR=f"192.0.2.{number}")
    client.get(path, headers=BROWSER, REMOTE_ADDR="192.0.2.3")  # again: once a day
    assert client.get(path).headers["X-Cache"] == "hit"
    assert counted(saran) == [3]


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"},
        {"User-Agent": ""},
        {"User-Agent": "curl/8.4"},
        {**BROWSER, "Sec-Purpose": "prefetch;prerender"},
        {**BROWSER, "HX-Request": "true"},
    ],
)
def test_what_nobody_reads_does_not_count(
    visit: Callable[..., Client], saran: Municipality, at_once: None, headers: dict[str, str]
) -> None:
    path, client = opened(saran), visit(saran)
    client.get(path, headers=headers)
    client.head(path, headers=BROWSER)
    client.get(path.rstrip("/") + "-autrefois/", headers=BROWSER)
    client.get("/propositions/999999/inconnue/", headers=BROWSER)
    assert counted(saran) == []


def test_a_city_that_only_reads_counts_nothing(
    visit: Callable[..., Client], saran: Municipality, at_once: None
) -> None:
    path = opened(saran)
    Municipality.objects.filter(pk=saran.pk).update(state=LifecycleState.READ_ONLY)
    assert visit(saran).get(path, headers=BROWSER).status_code == 200
    assert counted(saran) == []


def test_openings_are_written_in_their_own_city_only(
    visit: Callable[..., Client], saran: Municipality, brest: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, client = opened(saran), visit(saran)
    with schema_context(brest.schema_name):
        Proposal.objects.bulk_create([Proposal(pk=int(path.split("/")[2]), challenge=any_challenge(), title="À Brest")])
    client.get(path, headers=BROWSER)
    assert counted(saran) == []  # one of many: it waits
    monkeypatch.setattr(view_counts, "_FLUSH_SECONDS", 0.0)
    client.get("/", HTTP_HOST=brest.host)
    assert (counted(saran), counted(brest)) == ([], [])
    client.get("/")
    assert (counted(saran), counted(brest)) == ([1], [])
