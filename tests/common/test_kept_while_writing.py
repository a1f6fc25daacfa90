"""Kept pages while others write: right at once for who wrote, a second old at most for others, and what is hidden, ended or
taken back gone at once for everyone."""

import gzip
import re
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.db.models import F
from django.middleware.csrf import CSRF_TOKEN_LENGTH
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.erasure import erase
from common import kept, pagecache
from common.db import concerns
from common.models import ChangedScope, ContentRevision
from consultations.framing.models import Challenge, Phase
from consultations.participation.counts import recount
from consultations.participation.models import Argument, Proposal
from consultations.participation.resident import listing, reading
from consultations.participation.services.arguments import argue, mark_useful
from consultations.participation.services.proposals import submit_proposal
from consultations.participation.services.reactions import react
from consultations.participation.services.replies import reply
from consultations.participation.services.visibility import hide
from consultations.participation.templatetags import proposals
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tenants.postgresql.base import Effect, effect_of
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, DraftFactory, ProposalFactory
from tests.processes import eventually, free_port, web_server

NOW = timezone.now
LONG = 1000.0  # seconds: all that happens in a test happens within


@pytest.fixture
def hot(real_db: str, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Municipality:
    """Saran with two proposals, where others may read what is old, at a moment whose minute does not pass."""
    at = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: at)
    settings.KEPT_PAGE_SECONDS = LONG
    city = Municipality.objects.get(slug="saran")
    with schema_context(city.schema_name):
        challenge = Challenge.objects.get(slug="ecologie")
        first, _second = (ProposalFactory(title=title, challenge=challenge) for title in ("La première", "L’autre"))
        ArgumentFactory(proposal=first)
        recount()
    return city


def path_of(city: Municipality, title: str = "La première") -> str:
    with schema_context(city.schema_name):
        return Proposal.objects.get(title=title).get_absolute_url()


def visitor(city: Municipality) -> Client:
    return Client(HTTP_HOST=city.host)


def somebody(city: Municipality, **named: Any) -> Client:
    client = visitor(city)
    with schema_context(city.schema_name):
        client.force_login(UserFactory(**named))
    return client


def likes(page: Any) -> int:
    found = re.search(
        r'value="LIKE".*?<b[^>]*>(\d+)</b>|value="LIKE".*?>\s*(\d+)\s*<', page.content.decode(), re.DOTALL
    )
    assert found
    return int(found[1] or found[2])


def kept_pages() -> list[kept.KeptPage]:
    """All those of this process."""
    slots = caches["pages"]._cache.values()  # type: ignore[attr-defined]
    return [slot.page for slot in slots if isinstance(slot, kept.Slot) and slot.page is not None]


def grows_old(city: Municipality) -> None:
    """All the pages that this process keeps were known to hold long ago."""
    for page in kept_pages():
        page.known_at -= 2 * LONG


def test_whoever_reacts_sees_it_at_once_and_others_within_a_second(hot: Municipality) -> None:
    path, client = path_of(hot), somebody(hot)
    before = likes(visitor(hot).get(path))
    answer = client.post(f"{path}reagir/", {"reaction": "LIKE"})
    assert answer.cookies["wrote"].value == "1"
    assert (answer.cookies["wrote"]["max-age"], answer.cookies["wrote"]["httponly"]) == (3, True)
    others = visitor(hot).get(path)
    assert (others.headers["X-Cache"], likes(others)) == ("hit", before)
    assert likes(client.get(path)) == before + 1
    assert likes(visitor(hot).get(path)) == before + 1  # made anew, for everyone


def test_what_is_too_old_is_made_anew_for_others_too(hot: Municipality) -> None:
    path = path_of(hot)
    before = likes(visitor(hot).get(path))
    with schema_context(hot.schema_name):
        react(proposal=Proposal.objects.get(title="La première"), user=UserFactory(), value="LIKE", at=NOW())
    assert likes(visitor(hot).get(path)) == before
    grows_old(hot)
    assert likes(visitor(hot).get(path)) == before + 1


def test_a_list_reads_only_the_card_anew_that_has_changed_for_all_its_orders(
    hot: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first reader of each order makes it of what was read once: the one who wrote, then others."""
    half = 32 * (timezone.localdate().toordinal() % 2)
    orders = [f"/propositions/?graine={half + number}" for number in range(4)]
    read: list[int] = []
    before = listing.cards_of
    monkeypatch.setattr(listing, "cards_of", lambda keys: before(read.extend(keys := list(keys)) or keys))  # type: ignore[func-returns-value]
    for path in orders:
        visitor(hot).get(path)
    assert len(read) == len(set(read)) == 2
    client, counted = somebody(hot), re.compile(r">La première<.*?1\s(?:avis|réaction)", re.DOTALL)
    client.post(f"{path_of(hot)}reagir/", {"reaction": "LIKE"})
    assert not counted.search(visitor(hot).get(orders[0]).content.decode())
    for reader, path in [(reader, path) for path in orders for reader in (client, visitor(hot))]:
        assert counted.search(reader.get(path).content.decode())
    with schema_context(hot.schema_name):
        assert read[2:] == [Proposal.objects.get(title="La première").pk]


def test_a_reply_makes_only_its_argument_anew(hot: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    with schema_context(hot.schema_name):
        other = ArgumentFactory(proposal=Proposal.objects.get(title="La première"), text="Une autre raison.")
        [first] = Argument.objects.exclude(pk=other.pk)
        recount()
    made: list[str] = []
    before = proposals.kept_fragment

    def noting(request: Any, name: str, says: str, make: Callable[[], str]) -> str:
        return before(request, name, says, lambda: made.append(name) or make())  # type: ignore[func-returns-value]

    monkeypatch.setattr(proposals, "kept_fragment", noting)
    client, path = somebody(hot), path_of(hot)
    assert "D’accord avec cela." not in client.get(path).content.decode()
    assert sorted(made) == sorted(f"argument {each.pk}" for each in (first, other))
    made.clear()
    client.post(f"{path}arguments/{first.pk}/repondre/", {"text": "D’accord avec cela."})
    words = client.get(path).content.decode()
    assert made == [f"argument {first.pk}"]
    assert all(said in words for said in ("D’accord avec cela.", "Une autre raison."))


def test_reading_sets_no_cookie_and_so_does_what_acts_at_once(hot: Municipality) -> None:
    client = somebody(hot)
    for path in ("/", path_of(hot), "/propositions/"):
        assert "wrote" not in client.get(path).cookies


def hidden(proposal: Proposal) -> None:
    hide(proposal, actor=None)


def renamed(proposal: Proposal) -> None:
    assert proposal.author
    proposal.author.public_name = "Quelqu’un d’autre"
    proposal.author.save(update_fields=["public_name"])


def suspended(proposal: Proposal) -> None:
    assert proposal.author
    proposal.author.suspended_until = NOW() + timedelta(days=1)
    proposal.author.save(update_fields=["suspended_until"])


def closed(proposal: Proposal) -> None:
    Phase.objects.update(closes_at=F("opens_at") + timedelta(minutes=1))


def erased(proposal: Proposal) -> None:
    assert proposal.author
    erase(user_id=proposal.author.pk, with_texts=True)


def edited(proposal: Proposal) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(title="Un titre corrigé")


@pytest.mark.parametrize("act", [hidden, renamed, suspended, closed, erased, edited], ids=lambda act: act.__name__)
@pytest.mark.parametrize("path", ["proposal", "/propositions/"])
def test_what_acts_at_once_acts_for_everyone(hot: Municipality, path: str, act: Callable[[Proposal], None]) -> None:
    own = path_of(hot)
    place = own if path == "proposal" else path
    assert "La première" in visitor(hot).get(place).content.decode()
    assert visitor(hot).get(place).headers["X-Cache"] == "hit"
    with schema_context(hot.schema_name), transaction.atomic():
        proposal = Proposal.objects.get(title="La première")
        # What may wait, in the same transaction, makes nothing wait.
        concerns("nothing that a page depends on")
        Proposal.objects.filter(pk=proposal.pk).update(like_count=7)
        act(proposal)
    page = visitor(hot).get(place)
    assert page.headers.get("X-Cache") != "hit"
    if act in (hidden, erased, edited):
        assert "La première" not in page.content.decode()


def test_a_city_that_closes_or_is_suspended_acts_at_once(hot: Municipality) -> None:
    path = path_of(hot)
    visitor(hot).get(path)
    assert visitor(hot).get(path).headers["X-Cache"] == "hit"
    Municipality.objects.filter(pk=hot.pk).update(state=LifecycleState.SUSPENDED)
    assert visitor(hot).get(path).status_code == 503


def test_a_change_of_another_proposal_leaves_a_page_alone(hot: Municipality, settings: Any) -> None:
    settings.KEPT_PAGE_SECONDS = 0
    path, other = path_of(hot), path_of(hot, "L’autre")
    for each in (path, other, "/"):
        visitor(hot).get(each)
    with schema_context(hot.schema_name):
        react(proposal=Proposal.objects.get(title="L’autre"), user=UserFactory(), value="LIKE", at=NOW())
    # (The new person was made outside any service: that is about everything.)
    assert [visitor(hot).get(each).headers["X-Cache"] for each in (path, other, "/")] == ["miss"] * 3
    with schema_context(hot.schema_name):
        person = Proposal.objects.get(title="La première").author
        assert person
        react(proposal=Proposal.objects.get(title="L’autre"), user=person, value="LIKE", at=NOW())
    assert [visitor(hot).get(each).headers["X-Cache"] for each in (path, other, "/")] == ["hit", "filled", "miss"]


def test_what_says_nothing_of_what_it_concerns_is_about_everything(hot: Municipality, settings: Any) -> None:
    settings.KEPT_PAGE_SECONDS = 0
    path = path_of(hot)
    visitor(hot).get(path)
    with schema_context(hot.schema_name):
        Proposal.objects.filter(title="L’autre").update(like_count=3)
    assert visitor(hot).get(path).headers["X-Cache"] == "miss"
    with schema_context(hot.schema_name), transaction.atomic():
        Proposal.objects.filter(title="L’autre").update(like_count=4)
        concerns("too late")
    assert visitor(hot).get(path).headers["X-Cache"] == "miss"
    with schema_context(hot.schema_name), transaction.atomic():
        concerns("too early: rolled back")
        transaction.set_rollback(True)
    with schema_context(hot.schema_name):
        Proposal.objects.filter(title="L’autre").update(like_count=5)
    assert visitor(hot).get(path).headers["X-Cache"] == "miss"


def test_a_page_begun_before_a_change_is_not_taken_for_later(
    hot: Municipality, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody reacts while a page is made: after what it reads, before it is kept."""
    settings.KEPT_PAGE_SECONDS = 0
    path, made = path_of(hot), reading.proposal_response
    with schema_context(hot.schema_name):
        proposal = Proposal.objects.get(title="La première")
        person = Proposal.objects.get(title="L’autre").author
    assert person

    def slow(request: Any, **named: Any) -> Any:
        response = made(request, **named)
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(_react, hot, proposal, person).result()
        return response

    monkeypatch.setattr(reading, "proposal_response", slow)
    before = likes(visitor(hot).get(path))
    monkeypatch.setattr(reading, "proposal_response", made)
    assert likes(visitor(hot).get(path)) == before + 1


def _react(city: Municipality, proposal: Proposal, person: Any) -> None:
    try:
        with schema_context(city.schema_name):
            react(proposal=proposal, user=person, value="LIKE", at=NOW())
    finally:
        connection.close()


@pytest.mark.parametrize("fails", [False, True], ids=["made", "the first fails"])
def test_one_reader_makes_a_page_while_others_wait(
    hot: Municipality, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    path, made = path_of(hot), reading.proposal_response
    came, begun, readers = [], Event(), 4

    def slow(request: Any, **named: Any) -> Any:
        came.append(named)
        begun.wait(0.3)
        if fails and len(came) == 1:
            raise RuntimeError("a page that cannot be made")
        return made(request, **named)

    monkeypatch.setattr(reading, "proposal_response", slow)
    together = Barrier(readers)

    def read() -> int:
        try:
            together.wait(10)
            return int(Client(HTTP_HOST=hot.host, raise_request_exception=False).get(path).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(readers) as threads:
        statuses = sorted(each.result() for each in [threads.submit(read) for _unused in range(readers)])
    assert statuses == ([200] * 3 + [500] if fails else [200] * 4)
    assert len(came) == (2 if fails else 1)


def test_a_page_is_put_together_and_packed_before_others_get_it(
    hot: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or all who read it at that moment would each do so."""
    pack, others_could_have_it = kept.Cut.pack, []

    def noting(cut: kept.Cut) -> None:
        pack(cut)
        others_could_have_it.append(any(page.for_visitors is cut for page in kept_pages()))

    monkeypatch.setattr(kept.Cut, "pack", noting)
    visitor(hot).get(path_of(hot))
    assert others_could_have_it == [False]
    assert kept_pages()[-1].for_visitors is not None


def test_while_one_makes_a_page_anew_others_get_the_last_one(
    hot: Municipality, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, made = path_of(hot), reading.proposal_response
    before = likes(visitor(hot).get(path))
    with schema_context(hot.schema_name):
        react(proposal=Proposal.objects.get(title="La première"), user=UserFactory(), value="LIKE", at=NOW())
    for page in kept_pages():
        page.known_at -= 0.9 * LONG
    makes, others_have_read = Event(), Event()

    def slow(request: Any, **named: Any) -> Any:
        makes.set()
        assert others_have_read.wait(10)
        return made(request, **named)

    monkeypatch.setattr(reading, "proposal_response", slow)

    def read() -> int:
        try:
            return likes(visitor(hot).get(path))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        maker = thread.submit(read)
        assert makes.wait(10)
        assert likes(visitor(hot).get(path)) == before
        others_have_read.set()
        assert maker.result() == before + 1
    assert likes(visitor(hot).get(path)) == before + 1


def test_another_process_knows_who_wrote_and_what_is_hidden(hot: Municipality, tmp_path: Path) -> None:
    path = path_of(hot)
    client = somebody(hot)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    port = free_port()

    def there(cookies: str = "") -> str:
        asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": hot.host, "Cookie": cookies})
        with opener.open(asked, timeout=30) as answer:
            return str(answer.read().decode())

    def marked(page: str) -> bool:
        return "Un argument venu d’ailleurs." in page

    with web_server(port, tmp_path / "web.log", KEPT_PAGE_SECONDS=str(LONG)):
        minute = time.time() // 60  # the other process has a clock of its own
        assert not marked(there())
        said = client.post(f"{path}argumenter/", {"text": "Un argument venu d’ailleurs.", "stance": "FOR"})
        assert not marked(there()) or time.time() // 60 != minute
        cookies = "; ".join(f"{name}={each.value}" for name, each in client.cookies.items())
        assert "wrote=1" in cookies
        assert said.status_code == 302
        assert marked(there(cookies))
        assert marked(there())
        with schema_context(hot.schema_name):
            hide(Argument.objects.get(text="Un argument venu d’ailleurs."), actor=None)
        assert not marked(there())


def test_two_writers_never_wait_for_each_other(hot: Municipality) -> None:
    """Whatever the order in which they say what they concern."""
    together = Barrier(2)

    def write(title: str, *scopes: str) -> None:
        try:
            for _unused in range(20):
                with schema_context(hot.schema_name), transaction.atomic():
                    concerns(*scopes)
                    Proposal.objects.filter(title=title).update(like_count=1)
                    together.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        done = [threads.submit(write, "La première", "a", "b", "c"), threads.submit(write, "L’autre", "c", "b", "a")]
        for each in done:
            each.result(60)
    with schema_context(hot.schema_name):
        last = ContentRevision.objects.get().soon
        assert {each.soon for each in ChangedScope.objects.filter(scope__in="abc")} == {last}


def test_a_scope_is_of_one_city(hot: Municipality) -> None:
    brest = Municipality.objects.get(slug="brest")
    with schema_context(brest.schema_name):
        before = ContentRevision.objects.get().soon
    with schema_context(hot.schema_name):
        react(proposal=Proposal.objects.get(title="L’autre"), user=UserFactory(), value="LIKE", at=NOW())
    with schema_context(brest.schema_name):
        assert ContentRevision.objects.get().soon == before
        assert not ChangedScope.objects.exists()


# ── No page that is kept differs from one made anew ───────────────────────────


def _reacts(proposal: Proposal, user: Any) -> None:
    react(proposal=proposal, user=user, value="LIKE", at=NOW())


def _argues(proposal: Proposal, user: Any) -> None:
    argue(proposal=proposal, author=user, stance="FOR", text="Un banc change une journée entière.", at=NOW())


def _replies(proposal: Proposal, user: Any) -> None:
    reply(argument=proposal.arguments.get(), author=user, text="C’est juste, et nous sommes trois.", at=NOW())


def _marks(proposal: Proposal, user: Any) -> None:
    mark_useful(argument=proposal.arguments.get(), user=user, useful=True, at=NOW())


def _publishes(proposal: Proposal, user: Any) -> None:
    submit_proposal(draft=DraftFactory(author=user, challenge=proposal.challenge), author=user, at=NOW())


@pytest.mark.parametrize("act", [_reacts, _argues, _replies, _marks, _publishes], ids=lambda act: act.__name__[1:])
def test_after_a_press_every_page_is_as_if_made_anew(
    hot: Municipality, settings: Any, act: Callable[[Proposal, Any], None]
) -> None:
    settings.KEPT_PAGE_SECONDS = 0
    with schema_context(hot.schema_name):
        proposal, person = Proposal.objects.get(title="La première"), UserFactory()
        paths = [path_of(hot), path_of(hot, "L’autre"), proposal.arguments.get().get_absolute_url()]
    paths += [f"{paths[0]}arguments/pour/", f"{paths[0]}versions/", "/", "/propositions/", "/defis/ecologie/"]
    paths += [f"/propositions/?{query}" for query in ("tri=recentes", "tri=soutenues", "tri=argumentees", "etape=IDEA")]
    for path in paths:
        assert visitor(hot).get(path).status_code == 200
    with schema_context(hot.schema_name):
        act(proposal, person)
    served = {path: _plain(visitor(hot).get(path)) for path in paths}
    caches["pages"].clear()
    for path, page in served.items():
        assert page == _plain(visitor(hot).get(path)), path


def _plain(page: Any) -> str:
    return re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", page.content.decode())


# ── What a statement means ────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sql", "effect"),
    [
        ('UPDATE "participation_proposal" SET "like_count" = ("x"."like_count" + %s) WHERE "x"."id" = %s', Effect.SOON),
        ('UPDATE "participation_proposal" SET "like_count" = %s, "for_count" = %s WHERE TRUE', Effect.SOON),
        ('UPDATE "participation_proposal" SET "like_count" = %s, "status" = %s WHERE TRUE', Effect.AT_ONCE),
        ('UPDATE "participation_proposal" SET "status" = %s, "like_count" = %s WHERE TRUE', Effect.AT_ONCE),
        ("UPDATE participation_proposal SET like_count = 1, title = 'x'", Effect.AT_ONCE),
        ('UPDATE participation_proposal SET like_count = (SELECT 1 FROM x), "title" = 1', Effect.AT_ONCE),
        ("UPDATE participation_proposal SET like_count = 1, (title, problem) = ('x', 'y')", Effect.AT_ONCE),
        ('UPDATE ONLY participation_proposal SET "like_count" = 1', Effect.AT_ONCE),
        ('DELETE FROM "participation_proposal" WHERE TRUE', Effect.AT_ONCE),
        ('DELETE FROM "participation_argument" WHERE TRUE', Effect.AT_ONCE),
        ('DELETE FROM "participation_reaction" WHERE TRUE', Effect.SOON),
        ('INSERT INTO "participation_argument" ("id") VALUES (%s)', Effect.SOON),
        ('INSERT INTO "participation_argument" ("id") VALUES (%s) ON CONFLICT DO UPDATE SET x = 1', Effect.AT_ONCE),
        ('TRUNCATE "participation_argument"', Effect.AT_ONCE),
        ('COPY "participation_argument" FROM STDIN', Effect.AT_ONCE),
        ('UPDATE "accounts_user" SET "suspended_until" = %s WHERE TRUE', Effect.AT_ONCE),
        ('UPDATE "accounts_user" SET "last_login" = %s WHERE TRUE', Effect.NONE),
        ('INSERT INTO "moderation_decision" ("id") VALUES (%s)', Effect.AT_ONCE),
        ('INSERT INTO "a_table_of_nobody" ("id") VALUES (%s)', Effect.AT_ONCE),
        ('SELECT "title" FROM "participation_proposal"', Effect.NONE),
    ],
)
def test_only_what_is_declared_may_wait(sql: str, effect: Effect) -> None:
    assert effect_of(sql) == effect


# ── Cut and packed ────────────────────────────────────────────────────────────


def test_a_packed_page_is_the_page(hot: Municipality) -> None:
    for path in (path_of(hot), "/propositions/", "/"):
        for client in (visitor(hot), somebody(hot, public_name="Mésange bleue"), visitor(hot)):
            for _miss_and_hit in range(2):
                packed = client.get(path, headers={"Accept-Encoding": "gzip, br"})
                assert packed.headers["Content-Encoding"] == "gzip"
                assert int(packed.headers["Content-Length"]) == len(packed.content)
                assert {"Accept-Encoding", "Cookie"} <= set(packed.headers["Vary"].split(", "))
                unpacked = gzip.decompress(packed.content)
                assert _without(unpacked) == _without(client.get(path).content)
                assert (b"M\xc3\xa9sange bleue" in unpacked) is ("sessionid" in client.cookies)
    for path in (path_of(hot), "/accessibilite/"):
        refused = visitor(hot).get(path, headers={"Accept-Encoding": "gzip;q=0, identity"})
        assert "Content-Encoding" not in refused.headers
        assert "Accept-Encoding" in refused.headers["Vary"]
        assert visitor(hot).get(path, headers={"Accept-Encoding": "gzip;q=0.5"}).has_header("Content-Encoding")
    for page in kept_pages():
        for cut in (page.cut, page.for_visitors, page.for_most):
            assert b"bleue" not in b"".join(cut.parts if cut else ())


def _without(page: bytes) -> bytes:
    return re.sub(rb'csrfmiddlewaretoken" value="[^"]*"', b"", page)


def test_the_length_of_a_page_with_a_token_tells_nothing() -> None:
    cut = kept.Cut(b"x" * 1000 + b"\0" + b"y" * 1000)
    parts = cut.filled(lambda hole: b"t" * CSRF_TOKEN_LENGTH)
    assert len({len(cut.packed(parts, b"".join(parts))) for _unused in range(50)}) > 10


@pytest.mark.parametrize("own", [b"", b"mine", b"of my own " * 100], ids=["nothing", "little", "much"])
def test_whatever_goes_in_between_the_rest_is_what_it_was(own: bytes) -> None:
    """The same words before and after each hole, so that they refer to each other."""
    words = b"a form with words that come again, and a field of its own: "
    page = b"".join(words + b"%d " % number + (b"\0", b"<!--hole:one-->", b"\0")[number % 3] for number in range(200))
    cut = kept.Cut(page)
    for token in (b"T" * CSRF_TOKEN_LENGTH, words[:CSRF_TOKEN_LENGTH].ljust(CSRF_TOKEN_LENGTH, b"x")):
        parts = cut.filled(lambda hole: token if hole is kept.TOKEN else own)  # noqa: B023 (called at once)
        whole = b"".join(parts)
        assert gzip.decompress(cut.packed(parts, whole)) == whole
    only_tokens = kept.Cut(page.replace(b"<!--hole:one-->", b"\0"))
    parts = only_tokens.filled(lambda hole: b"T" * CSRF_TOKEN_LENGTH)
    packed = only_tokens.packed(parts, b"".join(parts))
    assert gzip.decompress(packed) == b"".join(parts)
    assert len(packed) < 200 * (CSRF_TOKEN_LENGTH + 40)  # the words are there once


def test_a_page_is_as_old_as_what_it_was_made_of(hot: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes and comes while it is made waits for it, and gets another: it does not have what they wrote."""
    path, client = path_of(hot), somebody(hot)
    visitor(hot).get(path)
    grows_old(hot)
    with schema_context(hot.schema_name):
        Proposal.objects.filter(title="La première").update(for_count=F("for_count") + 1)  # so that it is made anew
        there = f"{path}arguments/{Argument.objects.get().pk}/repondre/"
    before, made = reading.proposal_response, []

    def slow(*args: Any, **named: Any) -> Any:
        answer = before(*args, **named)
        if not made:
            said = threads.submit(lambda: client.post(there, {"text": "Dit entre-temps."})).result()
            made.append(said.status_code)
            made.append(threads.submit(client.get, path))
            slots = caches["pages"]._cache.values()  # type: ignore[attr-defined]
            assert eventually(lambda: any(isinstance(slot, kept.Slot) and slot.readers == 2 for slot in list(slots)))
        return answer

    monkeypatch.setattr(reading, "proposal_response", slow)
    with ThreadPoolExecutor(1) as threads:
        first = visitor(hot).get(path)
        own = made[1].result()
        threads.submit(lambda: connection.close()).result()
    assert made[0] == 302
    assert [b"Dit entre-temps." in page.content for page in (first, own)] == [False, True]


def test_a_page_grows_old_by_the_clock_of_whoever_came_before_it_was_made(hot: Municipality) -> None:
    path = path_of(hot)
    visitor(hot).get(path)
    [page] = kept_pages()
    page.known_at -= timedelta(hours=1).total_seconds()
    visitor(hot).get(path)  # nothing has changed: it holds, and is known to
    assert pagecache._age(page) < 60
