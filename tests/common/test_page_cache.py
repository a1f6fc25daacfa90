"""Visitors' pages come from memory, and never show what is no longer true."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from common import kept, pagecache
from common.clock import Validity
from common.kept_parts import kept_part
from common.models import ContentRevision
from consultations.framing.models import Challenge
from consultations.participation.counts import recount
from consultations.participation.models import Draft, Proposal
from consultations.participation.services.proposals import submit_proposal
from consultations.participation.services.reactions import react
from consultations.participation.services.refusals import OwnProposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, DraftFactory, ProposalFactory
from tests.tenants.test_isolation import who_and_where

PATHS = ["/", "/propositions/", "/defis/ecologie/", "proposal"]


@pytest.fixture
def saran_now(real_db: str, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    """Saran with one proposal, at a moment whose minute does not pass during the test."""
    at = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: at)
    city = Municipality.objects.get(slug="saran")
    with schema_context(city.schema_name):
        ProposalFactory(title="Celle du cache", like_count=3, challenge=Challenge.objects.get(slug="ecologie"))
    return city


def get(city: Municipality, path: str, **kwargs: Any) -> Any:
    if path == "proposal":
        with schema_context(city.schema_name):
            path = Proposal.objects.get().get_absolute_url()
    return Client(HTTP_HOST=city.host, **kwargs).get(path)


@pytest.mark.parametrize("path", PATHS)
def test_the_second_visitor_gets_the_kept_page(saran_now: Municipality, path: str) -> None:
    if path == "proposal":
        with schema_context(saran_now.schema_name):
            path = Proposal.objects.get().get_absolute_url()
    assert get(saran_now, path).headers["X-Cache"] == "miss"
    with CaptureQueriesContext(connection) as captured:
        response = get(saran_now, path)
    assert response.headers["X-Cache"] == "hit"
    assert "Celle du cache" in response.content.decode()
    # The city of the host, its role and search path, its revision: in public and in the city.
    assert len(captured) <= 5


def test_each_visitor_gets_a_form_token_of_their_own_that_works(saran_now: Municipality) -> None:
    get(saran_now, "proposal")
    with schema_context(saran_now.schema_name):
        path = Proposal.objects.get().get_absolute_url()
    tokens = set()
    for _unused in range(2):
        client = Client(HTTP_HOST=saran_now.host, enforce_csrf_checks=True)
        page = client.get(path)
        assert page.headers["X-Cache"] == "hit"
        token = page.content.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        tokens.add(token)
        assert client.post(path + "reagir/", {"reaction": "LIKE", "csrfmiddlewaretoken": token}).status_code == 302
        assert client.post(path + "reagir/", {"reaction": "LIKE"}).status_code == 403
    assert len(tokens) == 2


@pytest.mark.parametrize("path", PATHS)
def test_a_change_is_seen_at_once(saran_now: Municipality, path: str) -> None:
    get(saran_now, path)
    with schema_context(saran_now.schema_name):
        Proposal.objects.update(title="Celle qui a changé")  # even in bulk, even without a service
    response = get(saran_now, path)
    if response.status_code == 301:
        response = get(saran_now, "proposal")
    assert "Celle qui a changé" in response.content.decode()


def test_an_idea_that_comes_leaves_the_pages_alone_that_do_not_name_it(saran_now: Municipality, settings: Any) -> None:
    settings.KEPT_PAGE_SECONDS = 0
    with schema_context(saran_now.schema_name):
        proposal = Proposal.objects.get()
        ArgumentFactory(proposal=proposal)
        recount()
        path = proposal.get_absolute_url()

        piano = "Apprendre le piano aux enfants des écoles maternelles dès septembre."
        far = {"title": "Autre chose", "solution": piano, "problem": piano, "benefit": piano}
        near = {"title": "La même encore", "solution": proposal.solution}
        drafts = [DraftFactory(author=UserFactory(), challenge=proposal.challenge, **texts) for texts in (far, near)]

    def publish(draft: Draft) -> None:
        with schema_context(saran_now.schema_name):
            submit_proposal(draft=draft, author=draft.author, at=timezone.now())

    assert [get(saran_now, path).headers["X-Cache"] for _each in range(2)] == ["miss", "hit"]
    publish(drafts[0])
    assert get(saran_now, path).headers["X-Cache"] == "hit"
    publish(drafts[1])
    page = get(saran_now, path)
    assert page.headers["X-Cache"] == "miss"
    assert "La même encore" in page.content.decode()


def test_raw_sql_is_seen_at_once(saran_now: Municipality) -> None:
    get(saran_now, "/propositions/")
    with schema_context(saran_now.schema_name), connection.cursor() as cursor:
        cursor.execute("UPDATE participation_proposal SET title = 'Par la petite porte'")
    assert "Par la petite porte" in get(saran_now, "/propositions/").content.decode()


@pytest.mark.parametrize("column", ["title = 'x'", "like_count = 7"], ids=["at once", "soon"])
def test_a_statement_outside_any_transaction_counts_by_itself(saran_now: Municipality, column: str) -> None:
    with schema_context(saran_now.schema_name), connection.cursor() as cursor:
        before = str(ContentRevision.objects.get())
        cursor.execute(f"UPDATE participation_proposal SET {column}")
        assert str(ContentRevision.objects.get()) != before


def test_a_change_of_the_city_itself_is_seen_at_once(saran_now: Municipality) -> None:
    assert [get(saran_now, "/").headers["X-Cache"] for _each in range(2)] == ["miss", "hit"]
    Municipality.objects.filter(pk=saran_now.pk).update(colour="#123456")
    assert "/couleurs/123456.css" in get(saran_now, "/").content.decode()


def test_a_rolled_back_change_moves_no_revision(saran_now: Municipality) -> None:
    with schema_context(saran_now.schema_name):
        before = str(ContentRevision.objects.get())
        proposal = Proposal.objects.get()
        with pytest.raises(OwnProposal):
            react(proposal=proposal, user=proposal.author, value="LIKE", at=timezone.now())
        with pytest.raises(RuntimeError), transaction.atomic():
            Proposal.objects.update(like_count=7)
            raise RuntimeError
        assert str(ContentRevision.objects.get()) == before


def test_reading_and_signing_in_move_no_revision(saran_now: Municipality) -> None:
    with schema_context(saran_now.schema_name):
        before = str(ContentRevision.objects.get())
    client = Client(HTTP_HOST=saran_now.host)
    client.get("/connexion/?next=/")
    with schema_context(saran_now.schema_name):
        assert str(ContentRevision.objects.get()) == before


@pytest.mark.parametrize("first", ["visitor", "person"])
def test_what_is_personal_is_never_kept(saran_now: Municipality, first: str) -> None:
    if first == "visitor":
        get(saran_now, "/")
    with schema_context(saran_now.schema_name):
        client = Client(HTTP_HOST=saran_now.host)
        client.force_login(UserFactory(public_name="Moi-même"))
    for _unused in range(2):
        assert "Moi-même" in client.get("/").content.decode()
    assert client.get("/").headers["X-Cache"] == "hit"
    assert "Moi-même" not in get(saran_now, "/").content.decode()


def test_one_citys_page_is_never_anothers(saran_now: Municipality) -> None:
    brest = Municipality.objects.get(slug="brest")
    for _unused in range(2):
        assert "Celle du cache" in get(saran_now, "/propositions/").content.decode()
        assert "Celle du cache" not in get(brest, "/propositions/").content.decode()


def test_a_revision_counts_in_the_city_that_was_written_to(saran_now: Municipality) -> None:
    brest = Municipality.objects.get(slug="brest")
    revisions = {}
    for city in (saran_now, brest):
        with schema_context(city.schema_name):
            revisions[city.slug] = ContentRevision.objects.get().value
    with schema_context(brest.schema_name):
        ProposalFactory().delete()
    with schema_context(saran_now.schema_name):
        assert ContentRevision.objects.get().value == revisions["saran"]
    with schema_context(brest.schema_name):
        assert ContentRevision.objects.get().value > revisions["brest"]
        assert who_and_where()[1] == brest.schema_name


def test_a_transaction_that_goes_on_elsewhere_owes_its_revision(saran_now: Municipality) -> None:
    """It ends in public, which has none to count."""
    before = {}
    cities = (saran_now, Municipality.objects.get(slug="brest"))
    for city in cities:
        with schema_context(city.schema_name):
            before[city.slug] = ContentRevision.objects.get().value
    with transaction.atomic():
        with schema_context(cities[1].schema_name):
            ProposalFactory().delete()
        Municipality.objects.get(slug="brest")
    for city, counted in zip(cities, (False, True), strict=True):
        with schema_context(city.schema_name):
            assert (ContentRevision.objects.get().value > before[city.slug]) == counted


def test_an_action_that_redirects_is_not_kept(saran_now: Municipality) -> None:
    for _unused in range(2):
        assert "X-Cache" not in get(saran_now, "/connexion/").headers
    assert settings.SESSION_COOKIE_NAME not in get(saran_now, "/").cookies


def test_a_page_that_gives_a_cookie_is_not_kept(saran_now: Municipality) -> None:
    @pagecache.cached_page
    def gives_a_cookie(request: HttpRequest) -> HttpResponse:
        answer = HttpResponse("page")
        answer.set_cookie("whose", "theirs")
        return answer

    for _unused in range(2):
        request: Any = RequestFactory().get("/")
        request.tenant, request.user, request.content_revision = saran_now, AnonymousUser(), 1
        request.soon_revision, request.entered_at = 0, 0.0
        answer = gives_a_cookie(request)
        assert "X-Cache" not in answer.headers
        assert answer.cookies["whose"].value == "theirs"


def test_a_view_whose_page_is_kept_does_not_see_who_asks(saran_now: Municipality) -> None:
    @pagecache.cached_page
    def says_who(request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"for {request.user}")

    request: Any = RequestFactory().get("/")
    request.tenant, request.user, request.content_revision = saran_now, User(public_name="Moi-même"), 1
    request.soon_revision, request.entered_at = 0, 0.0
    assert says_who(request).content == b"for AnonymousUser"
    assert request.user.public_name == "Moi-même"


def test_a_part_of_a_page_is_not_kept_as_the_page(saran_now: Municipality) -> None:
    assert "X-Cache" not in get(saran_now, "/propositions/", headers={"HX-Request": "true"}).headers
    assert get(saran_now, "/propositions/").headers["X-Cache"] == "miss"


def test_a_kept_part_holds_nobodys_token() -> None:
    request: Any = RequestFactory().get("/")
    request.kept_page = kept.KeptPage(HttpResponse(b""), scopes=None, soon=0, known_at=0.0, validity=Validity())
    form = '<input type="hidden" name="csrfmiddlewaretoken" value="mine">'
    assert kept_part(request, "a form", lambda: form) == form
    assert "mine" not in kept_part(request, "a form", lambda: form)


def test_the_pages_of_a_city_that_is_not_open_are_not_kept(saran_now: Municipality) -> None:
    Municipality.objects.filter(pk=saran_now.pk).update(opened_at=None)
    client = Client(HTTP_HOST=saran_now.host)
    with schema_context(saran_now.schema_name):
        client.force_login(UserFactory(administrator=True))
    answer = client.get("/")
    assert answer.status_code == 200
    assert "X-Cache" not in answer.headers


def test_ones_own_reaction_is_seen_on_a_kept_page(saran_now: Municipality) -> None:
    with schema_context(saran_now.schema_name):
        proposal, person, other = Proposal.objects.get(), UserFactory(), UserFactory()
        react(proposal=proposal, user=person, value="LIKE", at=timezone.now())
    pressed = 'value="LIKE" aria-pressed="true"'
    for user, expected in ((None, False), (other, False), (person, True), (None, False), (other, False)):
        client = Client(HTTP_HOST=saran_now.host)
        if user is not None:
            with schema_context(saran_now.schema_name):
                client.force_login(user)
        assert (pressed in client.get(proposal.get_absolute_url()).content.decode()) is expected


def test_a_message_is_for_one_person_once(saran_now: Municipality) -> None:
    with schema_context(saran_now.schema_name):
        proposal = Proposal.objects.get()
        client = Client(HTTP_HOST=saran_now.host)
        client.force_login(UserFactory())
    words = {"text": "Un argument assez long pour être publié.", "stance": "FOR"}
    client.post(proposal.get_absolute_url() + "argumenter/", words)
    said = 'id="messages"'
    assert said in client.get(proposal.get_absolute_url()).content.decode()
    assert said not in client.get(proposal.get_absolute_url()).content.decode()
    assert said not in get(saran_now, "proposal").content.decode()


def test_the_marker_of_a_hole_cannot_be_typed(saran_now: Municipality) -> None:
    with schema_context(saran_now.schema_name):
        Proposal.objects.update(title="<!--hole:account--> et bancs")
        path = Proposal.objects.get().get_absolute_url()
    assert "&lt;!--hole:account--&gt;" in get(saran_now, path).content.decode()


def test_a_page_that_is_not_kept_has_its_holes_filled_at_once(visit: Any, saran: Municipality, person: Any) -> None:
    page = visit(saran, person(public_name="Tilleul")).get("/compte/").content.decode()
    assert '<span class="menu__name">Tilleul</span>' in page
    assert "<!--hole:" not in page
