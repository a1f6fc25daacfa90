"""A city that only reads: the database refuses writing, pages say so, and one still signs in and out."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context
from psycopg.errors import InsufficientPrivilege

from accounts.enums import Role
from accounts.models import User
from accounts.services import forget_expired, issue_sign_in_link
from accounts.tasks import send_mail
from common import outbox
from common.models import OutboxMessage
from common.tables import ALL, declared
from consultations.participation.models import Draft, Proposal
from consultations.participation.services import arguments
from tenants.enums import LifecycleState as State
from tenants.enums import Transition
from tenants.middleware import LifecycleMiddleware
from tenants.models import Municipality
from tenants.tasks import forget_the_expired
from tests.accounts.factories import UserFactory
from tests.links import open_link, press_link
from tests.participation.factories import ProposalFactory
from tests.participation.test_argue import form
from tests.support.addresses import CITY, addresses, one_of_everything, path_of
from tests.support.pages import unread
from tests.tenants.test_lifecycle import make, now_of, put

READS_ONLY = [State.READ_ONLY, State.SUSPENDED, State.CLOSED]
WORDS = "Chez nous, il a fait trente-quatre degrés trois nuits de suite."


@pytest.fixture(params=READS_ONLY)
def reading(request: Any, saran: Municipality, things: dict[str, Any]) -> Municipality:
    """Saran, with one of everything in it, in a state that only reads."""
    return put(saran, request.param)


@pytest.fixture
def things(saran: Municipality) -> dict[str, Any]:
    with schema_context(saran.schema_name):
        everything = one_of_everything(title="Des cours d’école ouvertes")
        OutboxMessage.objects.all().delete()
        return everything


def tables_of(city: Municipality) -> list[str]:
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [city.schema_name])
        return [row[0] for row in cursor.fetchall()]


def is_written_here(table: str) -> bool:
    """Whether a city that only reads writes this table, or adds to it."""
    return table in declared and (ALL in declared[table].always_written or declared[table].append_only)


def content_of(city: Municipality) -> dict[str, str]:
    """A digest of the rows of each table, but for what signing in and out writes."""
    digests = {}
    always = [column for each in declared.values() for column in each.always_written if column != ALL]
    with schema_context("public"), connection.cursor() as cursor:
        for table in tables_of(city):
            if is_written_here(table):
                continue
            cursor.execute(
                "SELECT md5(string_agg(row, '|' ORDER BY row)) "
                f"FROM (SELECT (to_jsonb(t) - %s::text[])::text AS row FROM {city.schema_name}.{table} t) rows",
                [always],
            )
            digests[table] = cursor.fetchone()[0]
    return digests


def refused_by_postgres(city: Municipality, sql: str) -> bool:
    with schema_context(city.schema_name):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)
        except ProgrammingError as problem:
            if not isinstance(problem.__cause__, InsufficientPrivilege):
                raise
            return True
    return False


def test_every_table_of_content_refuses_every_kind_of_writing(reading: Municipality) -> None:
    content = [table for table in tables_of(reading) if not is_written_here(table)]
    assert {"participation_proposal", "framing_consultation", "accounts_user"} <= set(content)
    let_through = []
    for table in content:
        columns = ", ".join(columns_of(table, reading))
        for sql in (
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE false",
            f"UPDATE {table} SET ({columns}) = ROW({columns}) WHERE false",
            f"DELETE FROM {table} WHERE false",
            f"TRUNCATE {table}",
        ):
            let_through += [] if refused_by_postgres(reading, sql) else [sql]
    assert let_through == []


def columns_of(table: str, city: Municipality) -> list[str]:
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attgenerated = '' "
            "AND NOT attisdropped AND attname <> 'id'",
            [f"{city.schema_name}.{table}"],
        )
        return [f'"{row[0]}"' for row in cursor.fetchall()]


def test_the_city_cannot_give_itself_what_it_lost(reading: Municipality) -> None:
    for sql in (
        "UPDATE accounts_user SET role = 'ADMINISTRATOR'",
        "UPDATE accounts_user SET last_login = now(), email = 'a@b.example'",
        "UPDATE accounts_auditentry SET action = 'x'",
        "DELETE FROM accounts_auditentry",
        "CREATE TABLE mine (id int)",
        "ALTER TABLE participation_proposal ADD COLUMN x int",
        "GRANT INSERT ON participation_proposal TO CURRENT_USER",
    ):
        assert refused_by_postgres(reading, sql) or "GRANT" in sql, sql
        assert refused_by_postgres(reading, "UPDATE participation_proposal SET title = 'pris'"), sql


def test_what_signing_in_needs_is_left(reading: Municipality) -> None:
    for sql in (
        "UPDATE accounts_user SET last_login = now()",
        "DELETE FROM django_session",
        "UPDATE common_outboxmessage SET attempts = 0",
        "INSERT INTO accounts_auditentry (at, action, subject_type, subject_id, details) VALUES (now(), 'a', '', '', '{}')",
        "SELECT count(*) FROM participation_proposal",
    ):
        assert not refused_by_postgres(reading, sql), sql


def test_writing_comes_back_with_the_state(saran: Municipality, things: dict[str, Any]) -> None:
    operator = UserFactory(operator=True)
    rights = rights_of(saran)
    make(saran, Transition.SUSPEND, operator)
    assert rights_of(saran) != rights
    make(saran, Transition.RESUME, operator)
    assert rights_of(saran) == rights
    assert not refused_by_postgres(saran, "UPDATE participation_proposal SET title = 'Revenue'")


def rights_of(city: Municipality) -> list[tuple[str, ...]]:
    """Everything that the role may do in its schema, on tables and on columns, as PostgreSQL says it."""
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, x.privilege_type, '' FROM pg_class c, aclexplode(c.relacl) x "
            "WHERE c.relnamespace = %s::regnamespace AND x.grantee = %s::regrole "
            "UNION ALL SELECT a.attrelid::regclass::text, x.privilege_type, a.attname "
            "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid, aclexplode(a.attacl) x "
            "WHERE c.relnamespace = %s::regnamespace AND x.grantee = %s::regrole ORDER BY 1, 2, 3",
            [city.schema_name] * 4,
        )
        return cursor.fetchall()


def test_the_other_city_goes_on_writing(reading: Municipality, brest: Municipality) -> None:
    with schema_context(brest.schema_name):
        assert ProposalFactory().pk


@pytest.mark.parametrize(("state", "may"), [(State.READ_ONLY, False), (State.ACTIVE, True)])
def test_a_table_that_a_release_adds_follows_the_state(saran: Municipality, state: State, may: bool) -> None:
    put(saran, state)
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {saran.schema_name}.release_project (id int)")
    assert refused_by_postgres(saran, "INSERT INTO release_project VALUES (1)") is not may
    assert not refused_by_postgres(saran, "SELECT * FROM release_project")


# ── Pages ────────────────────────────────────────────────────────────────────


ANYTHING = {
    "reaction": "LIKE", "stance": "FOR", "text": WORDS, "solution": WORDS, "problem": WORDS, "benefit": WORDS,
    "title": "Un titre assez long", "part": "SOLUTION", "public_name": "Mésange", "capacity": "RESIDENT",
    "question": "Comment mieux vivre ici ?", "decision_maker": "Le conseil", "commitment": WORDS,
    "contact_email": "a@example.org", "opens_at": "2030-01-01T00:00", "closes_at": "2030-03-01T00:00",
    "email": "inconnue@example.org", "code": "123456", "action": "verify", "otp": "123456",
}  # fmt: skip


def fresh(visit: Callable[..., Client], city: Municipality, role: str) -> Client:
    if role == "visitor":
        return visit(city)
    with schema_context(city.schema_name):
        if role == "author":
            return visit(city, User.objects.filter(role="PARTICIPANT", drafts__isnull=False).order_by("pk")[0])
        return visit(city, User.objects.filter(role="ADMINISTRATOR").first())


# What is refused is the same in each state, by the same rights; who is let in is not. So each role meets one that lets
# everyone in, and the two others are met by those whom they treat each in their own way.
@pytest.mark.parametrize(
    ("role", "state"),
    [
        *((role, State.READ_ONLY) for role in ("visitor", "author", "ADMINISTRATOR")),
        ("author", State.CLOSED),
        ("ADMINISTRATOR", State.SUSPENDED),
    ],
)
def test_no_address_of_a_city_changes_a_row(
    visit: Callable[..., Client], saran: Municipality, things: dict[str, Any], role: str, state: State
) -> None:
    reading = put(saran, state)
    before = content_of(reading)
    wrong = []
    client = fresh(visit, reading, role)
    for address in addresses(django_settings.ROOT_URLCONF):
        path = path_of(address, things)
        # The page that refuses is the same in each state: it is read in one.
        with nullcontext() if state == State.READ_ONLY else unread():
            answer = client.post(path, ANYTHING)
        if django_settings.SESSION_COOKIE_NAME in answer.cookies:  # it signs out, or keeps something for the next one
            client = fresh(visit, reading, role)
        if answer.status_code >= 500 and not (reading.state == State.SUSPENDED and answer.status_code == 503):
            wrong.append(f"{path}: {answer.status_code}")
    wrong += [f"{table} has changed" for table, rows in content_of(reading).items() if rows != before[table]]
    assert wrong == []
    assert len(CITY) > 40


WRITING = {"draft": "author", "argue": "author", "react": "author", "desk_consultation": "ADMINISTRATOR"}


def test_where_it_only_reads_writing_is_not_even_tried(
    visit: Callable[..., Client], saran: Municipality, things: dict[str, Any]
) -> None:
    """The database would refuse it, with the same page; what a view does before that would have been done."""
    reading = put(saran, State.READ_ONLY)
    clients = {name: fresh(visit, reading, role) for name, role in WRITING.items()}
    for address in addresses(django_settings.ROOT_URLCONF):
        if address.name in WRITING:
            with CaptureQueriesContext(connection) as asked:
                answer = clients[address.name].post(path_of(address, things), ANYTHING)
            assert answer.status_code == 409, address.name
            tried = [query["sql"] for query in asked if re.match("INSERT|UPDATE|DELETE|SAVEPOINT", query["sql"])]
            assert tried == [], address.name


def test_the_same_addresses_do_write_where_people_may(
    visit: Callable[..., Client], saran: Municipality, things: dict[str, Any]
) -> None:
    """Or the test above would prove nothing: it sends the same."""
    before = content_of(saran)
    for address in addresses(django_settings.ROOT_URLCONF):
        if address.name in WRITING:
            fresh(visit, saran, WRITING[address.name]).post(path_of(address, things), ANYTHING)
    changed = {table for table, digest in content_of(saran).items() if digest != before[table]}
    assert {
        "participation_draft",
        "participation_argument",
        "participation_reaction",
        "framing_consultation",
    } <= changed


@pytest.mark.parametrize("state", [State.READ_ONLY, State.CLOSED])
def test_a_refused_argument_is_given_back(
    visit: Callable[..., Client], saran: Municipality, things: dict[str, Any], state: State
) -> None:
    put(saran, state)
    path = things["proposal"].get_absolute_url() + "argumenter/"
    answer = fresh(visit, saran, "author").post(path, form(text=WORDS))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f">{WORDS}</textarea>" in page
    assert "csrfmiddlewaretoken" not in re.findall(r"<textarea.*?</textarea>", page, re.S)[0]


def test_to_htmx_the_notice_takes_the_place_of_the_form(
    visit: Callable[..., Client], saran: Municipality, things: dict[str, Any]
) -> None:
    put(saran, State.READ_ONLY)
    path = things["proposal"].get_absolute_url() + "argumenter/"
    answer = fresh(visit, saran, "author").post(path, form(text=WORDS), HTTP_HX_REQUEST="true")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert page.lstrip().startswith('<section id="reaction"')
    assert WORDS in page
    assert "<html" not in page


def test_markup_that_was_typed_is_given_back_as_text(
    visit: Callable[..., Client], saran: Municipality, things: dict[str, Any]
) -> None:
    put(saran, State.READ_ONLY)
    path = things["proposal"].get_absolute_url() + "argumenter/"
    page = visit(saran).post(path, {"text": "</textarea><script>alert(1)</script> et puis"}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;/textarea&gt;&lt;script&gt;" in page


def test_pages_say_it_and_offer_nothing_to_write(
    visit: Callable[..., Client], saran: Municipality, things: dict[str, Any]
) -> None:
    offers = ["Proposer une solution", "Donner un argument", "reagir/", "<textarea"]
    paths = [things["proposal"].get_absolute_url(), "/defis/ecologie/", "/propositions/", "/defis/ecologie/proposer/"]
    before = "".join(visit(saran).get(path).content.decode() for path in paths)
    assert all(offer in before for offer in offers)
    put(saran, State.READ_ONLY)
    for path in [*paths, "/", "/connexion/"]:
        answer = visit(saran).get(path)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Cette plateforme se lit, mais on n’y écrit plus." in page, path
        assert [offer for offer in offers if offer in page] == [], path


def test_what_was_published_stays(visit: Callable[..., Client], saran: Municipality, things: dict[str, Any]) -> None:
    put(saran, State.CLOSED)
    assert "Des cours d’école ouvertes" in visit(saran).get("/propositions/").content.decode()
    assert visit(saran).get(things["proposal"].get_absolute_url()).status_code == 200


def test_a_closed_city_says_until_when(visit: Callable[..., Client], saran: Municipality) -> None:
    city = put(
        saran, State.CLOSED, state_since=timezone.datetime(2026, 12, 1, 12, tzinfo=timezone.get_current_timezone())
    )
    assert "Elle sera supprimée le 31\u00a0décembre 2026." in visit(city).get("/").content.decode()


def test_kept_pages_change_with_the_state(real_db: str) -> None:
    """No visitor is shown a page from before, and back again none from between."""
    caches["pages"].clear()
    saran = Municipality.objects.get(slug="saran")
    operator = UserFactory(operator=True)
    said = "on n’y écrit plus"

    def page() -> str:
        return Client(HTTP_HOST=saran.host).get("/defis/ecologie/").content.decode()

    assert said not in page()
    make(saran, Transition.CLOSE, operator)
    assert said in page()
    assert said in page()
    make(saran, Transition.REOPEN, operator)
    assert said not in page()


def test_a_state_that_changes_under_a_request_is_a_page_not_an_error(
    visit: Callable[..., Client], saran: Municipality, things: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = fresh(visit, saran, "author")
    argue = arguments.argue

    def too_late(**kwargs: Any) -> Any:
        put(saran, State.READ_ONLY)
        return argue(**kwargs)

    monkeypatch.setattr(arguments, "argue", too_late)
    path = things["proposal"].get_absolute_url() + "argumenter/"
    answer = client.post(path, form(text=WORDS))
    assert answer.status_code == 409
    assert f">{WORDS}</textarea>" in answer.content.decode()


def test_a_right_that_is_missing_for_another_reason_is_still_an_error(
    visit: Callable[..., Client], saran: Municipality, things: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute(f"REVOKE INSERT ON {saran.schema_name}.participation_argument FROM {saran.schema_name}")
    with pytest.raises(ProgrammingError):
        fresh(visit, saran, "author").post(things["proposal"].get_absolute_url() + "argumenter/", form(text=WORDS))


def test_what_was_begun_before_signing_in_is_given_back_and_kept(
    visit: Callable[..., Client], saran: Municipality, things: dict[str, Any]
) -> None:
    client = visit(saran)
    client.post(things["proposal"].get_absolute_url() + "argumenter/", form(text=WORDS))
    with schema_context(saran.schema_name):
        token = issue_sign_in_link(user=UserFactory())
    put(saran, State.READ_ONLY)
    press_link(client, f"/connexion/lien/{token}/")
    for _unused in range(2):
        answer = client.get("/reprendre/")
        assert answer.status_code == 409
        assert WORDS in answer.content.decode()
    put(saran, State.ACTIVE)
    assert client.get("/reprendre/").status_code == 302
    with schema_context(saran.schema_name):
        assert Proposal.objects.get(title="Des cours d’école ouvertes").arguments.filter(text=WORDS).exists()


def test_a_write_that_the_database_refuses_changes_nothing_in_the_session(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    """Found out by the database alone: the state has changed since the request came in."""
    client = visit(saran, person())
    put(saran, State.READ_ONLY)
    refused = ProgrammingError()
    refused.__cause__ = InsufficientPrivilege()
    request: Any = RequestFactory().post("/")
    request.tenant, request.user = saran, AnonymousUser()
    with schema_context(saran.schema_name):
        kept = client.session
        kept["begun"] = WORDS
        kept.save()
        request.session = client.session
        del request.session["begun"]
        answer = LifecycleMiddleware(lambda request: HttpResponse()).process_exception(request, refused)
        assert answer is not None
        assert answer.status_code == 409
        assert request.session["begun"] == WORDS


# ── The door ─────────────────────────────────────────────────────────────────


def test_one_signs_in_with_a_code_and_out(visit: Callable[..., Client], reading: Municipality) -> None:
    client = visit(reading)
    client.post("/connexion/", {"email": "maire@saran.example"})
    with schema_context(reading.schema_name):
        code = re.search(r"\b\d{6}\b", OutboxMessage.objects.get().payload["body"])
    assert code
    answer = client.post("/connexion/code/", {"code": code[0], "action": "verify"})
    assert answer.headers["Location"] == "/connexion/suite/"
    assert client.get("/gestion/").status_code == 200
    client.post("/deconnexion/")
    assert client.get("/gestion/").status_code == (503 if reading.state == State.SUSPENDED else 302)


def test_one_signs_in_with_a_link(visit: Callable[..., Client], reading: Municipality) -> None:
    with schema_context(reading.schema_name):
        token = issue_sign_in_link(user=User.objects.get(email="maire@saran.example"))
    client = visit(reading)
    assert open_link(client, f"/connexion/lien/{token}/").status_code == 200
    press_link(client, f"/connexion/lien/{token}/")
    assert client.get("/gestion/").status_code == 200
    with schema_context(reading.schema_name):
        assert User.objects.get(email="maire@saran.example").last_login


def test_nobody_new_comes_in_and_nobody_can_tell(visit: Callable[..., Client], reading: Municipality) -> None:
    with schema_context(reading.schema_name):
        people = User.objects.count()
    known = visit(reading).post("/connexion/", {"email": "maire@saran.example"})
    unknown = visit(reading).post("/connexion/", {"email": "nouvelle@example.org"})
    assert (unknown.status_code, unknown.headers["Location"]) == (known.status_code, known.headers["Location"])
    with schema_context(reading.schema_name):
        assert User.objects.count() == people
        assert [mail.payload["to"] for mail in OutboxMessage.objects.all()] == ["maire@saran.example"]


def test_somebody_without_a_public_name_is_not_asked_for_one(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    client = visit(saran, person(public_name=""))
    put(saran, State.READ_ONLY)
    assert client.get("/connexion/suite/").headers["Location"] == "/"


# ── Tasks ────────────────────────────────────────────────────────────────────


def test_mail_still_goes_out(reading: Municipality, mailoutbox: list[Any]) -> None:
    with schema_context(reading.schema_name):
        message = OutboxMessage.objects.create(
            task=outbox._name(send_mail),
            payload={"to": "a@example.org", "subject": "Bonjour", "body": "Ça va ?", "sender": "s@example.org"},
        )
        assert outbox.run_message(str(message.pk), at=timezone.now()) is True
        assert not OutboxMessage.objects.exists()
    assert [mail.to for mail in mailoutbox] == [["a@example.org"]]


def test_a_task_that_would_write_fails_with_a_clear_word(
    reading: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = outbox._name(send_mail)
    monkeypatch.setitem(outbox._handlers, name, lambda **payload: Draft.objects.all().delete())
    with schema_context(reading.schema_name):
        message = OutboxMessage.objects.create(task=name, payload={})
        assert outbox.run_message(str(message.pk), at=timezone.now()) is False
        message.refresh_from_db()
        assert "permission denied" in message.last_error
        assert Draft.objects.count() == 1


def test_the_hourly_cleaning_passes_over_what_it_may_not_touch(
    saran: Municipality, brest: Municipality, caplog: Any
) -> None:
    long_ago = timezone.now() - timezone.timedelta(days=9)
    for city in (saran, brest):
        with schema_context(city.schema_name):
            UserFactory(public_name="", created_at=long_ago)
    put(saran, State.READ_ONLY)
    forget_the_expired()
    assert "left for the next time" not in caplog.text
    for city, left in ((saran, 1), (brest, 0)):
        with schema_context(city.schema_name):
            assert User.objects.filter(public_name="", role="PARTICIPANT").count() == left
    with schema_context(saran.schema_name), pytest.raises(ProgrammingError), transaction.atomic():
        forget_expired(at=timezone.now())


# ── Suspended ────────────────────────────────────────────────────────────────


def test_a_suspended_city_shows_residents_one_page(
    visit: Callable[..., Client],
    saran: Municipality,
    things: dict[str, Any],
    person: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    visit(saran).get("/propositions/")  # kept from before
    clients = [visit(saran), visit(saran, person())]
    put(saran, State.SUSPENDED)
    for client in clients:
        for path in ("/", "/propositions/", things["proposal"].get_absolute_url(), "/compte/"):
            answer = client.get(path)
            assert answer.status_code == 503
            assert answer.headers["X-Robots-Tag"] == "noindex"
            assert "suspendue" in answer.content.decode()
            assert "Des cours d’école" not in answer.content.decode()
        assert client.get("/mentions-legales/").status_code == 200
        assert client.post(things["proposal"].get_absolute_url() + "reagir/", {"reaction": "LIKE"}).status_code == 503
    assert not [each for each in caplog.records if each.levelname == "ERROR"]  # it is meant


def test_its_team_reads_on(visit: Callable[..., Client], saran: Municipality, things: dict[str, Any]) -> None:
    put(saran, State.SUSPENDED)
    team = fresh(visit, saran, "ADMINISTRATOR")
    for path in ("/", "/propositions/", "/gestion/", "/gestion/export/"):
        assert team.get(path).status_code == 200, path
    assert visit(saran).get("/propositions/").status_code == 503  # what the team read was kept for nobody else


def test_an_unopened_city_stays_private_in_every_state(visit: Callable[..., Client], saran: Municipality) -> None:
    for state in (State.READ_ONLY, State.CLOSED):
        put(saran, state, opened_at=None)
        assert visit(saran).get("/propositions/").status_code == 404
    assert now_of(saran).opened_at is None


@pytest.mark.parametrize(
    ("state", "role", "is_led"),
    [
        (State.READ_ONLY, Role.ADMINISTRATOR, True),
        (State.READ_ONLY, Role.FACILITATOR, False),
        (State.SUSPENDED, Role.ADMINISTRATOR, False),  # by an operator: no order puts an end to that
    ],
)
def test_where_it_only_reads_administrators_are_led_to_the_subscription(
    saran: Municipality, visit: Callable[..., Client], state: State, role: Role, is_led: bool
) -> None:
    with schema_context(saran.schema_name):
        desk = visit(saran, UserFactory(role=role))
    put(saran, state)
    notice = re.search(r'<div class="notice mb-5".*?</div>\s*</div>', desk.get("/gestion/").content.decode(), re.DOTALL)
    assert notice
    assert ("/gestion/abonnement/" in notice[0]) is is_led
    assert "mailto:" in notice[0]
