"""What every test stands on: two cities, saran and brest, made once; a copy of their database per worker."""

import pickle
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import login
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django_tenants.utils import schema_context

from accounts.session_store import SessionStore
from common import pictures
from tenants.models import Municipality
from tenants.time_zones import time_zone_of
from tests import asked_in_vain, citus, database
from tests.accounts.factories import UserFactory
from tests.support import once

# They take long, or wait for processes: begun last, they would keep everyone waiting.
LONG = {
    "test_killed_worker.py",
    "test_killed.py",
    "test_worker.py",
    "test_spares.py",
    "test_move_city.py",
    "test_queue.py",
    "test_fleet.py",
    "test_read_only.py",
    "test_outbox.py",
    "test_urls.py",
}

asked_in_vain.refuse()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        database.build()
        with database.copied(database.OPEN):
            yield


@pytest.fixture(scope="session", autouse=True)
def _patient_decoder() -> None:
    """The workers of a test run take turns at one decoder, and wait for it longer than a visitor would."""
    pictures._WAITING = 120


@pytest.fixture(autouse=True)
def _clean_slate() -> Iterator[None]:
    for alias in ("default", "pages"):
        caches[alias].clear()
    yield
    connection.set_schema_to_public()


@pytest.fixture
def monkeypatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    once.patches.append(monkeypatch)
    yield monkeypatch
    once.patches.remove(monkeypatch)


@pytest.fixture
def real_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database of one's own, where commits are commits: for threads, workers, caches. Yields its name."""
    with django_db_blocker.unblock(), database.copied(database.OPEN) as name:
        yield name


if citus.NODES:
    # Commits are commits: there, one transaction cannot write a city with two roles.
    @pytest.fixture
    def _django_db_helper(real_db: str) -> None:
        return


# Where tests marked `dates` have Saran lie, beside where it is: the code of the commune, and its zone.
PLACES = {"Saran": "45302", "Papeete": "98735"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("dates") and "where_saran_is" in metafunc.fixturenames:
        metafunc.parametrize("where_saran_is", PLACES.values(), ids=PLACES, indirect=True)


@pytest.fixture
def where_saran_is(request: pytest.FixtureRequest) -> str:
    code: str = getattr(request, "param", PLACES["Saran"])
    return code


@pytest.fixture(scope="session")
def _rows(django_db_setup: None, django_db_blocker: Any) -> dict[str, bytes]:
    """The cities as each test finds them, read once."""
    with django_db_blocker.unblock(), schema_context("public"):
        return {city.slug: pickle.dumps(city) for city in Municipality.objects.all()}


@pytest.fixture
def saran(db: None, _rows: dict[str, bytes], where_saran_is: str) -> Municipality:
    city: Municipality = pickle.loads(_rows["saran"])
    if where_saran_is != city.authority_code:
        with schema_context("public"):
            city.authority_code, city.department_code = where_saran_is, where_saran_is[:3]
            city.time_zone = time_zone_of(city)
            city.save()
    return city


@pytest.fixture
def brest(db: None, _rows: dict[str, bytes]) -> Municipality:
    city: Municipality = pickle.loads(_rows["brest"])
    return city


@pytest.fixture
def in_saran(saran: Municipality) -> Iterator[Municipality]:
    """Run the test in Saran's schema, with Saran's role."""
    with schema_context(saran.schema_name):
        yield saran


class CityClient(Client):
    """Django's test client, knocking at a city's (or the public site's) host."""

    def __init__(self, host: str, **kwargs: Any) -> None:
        super().__init__(HTTP_HOST=host, **kwargs)

    def begin(self, user: Any, *, proved: bool) -> None:
        """As `force_login`, with a session that is written once, where that writes it three times."""
        request = HttpRequest()
        request.session = session = SessionStore()
        session.cycle_key = lambda: None  # it has no key yet
        login(request, user, self._get_backend())
        if proved:
            note(session, user)
        session.save()
        self._set_login_cookies(request)


class StayingClient(CityClient):
    """The same, but after each request the test is in the schema where it was: requests end in public."""

    def request(self, **request: Any) -> Any:
        with schema_context(connection.schema_name):
            return super().request(**request)


@pytest.fixture
def visit() -> Callable[..., CityClient]:
    """`visit(saran)`, `visit(saran, user)`, `visit(None)` for the public site: a client, signed in or not.

    `stays=True`: the test goes on in the schema where it is (see StayingClient). Whoever works for a city or for the
    service has just shown a second factor; `second_factor=False`: they have not.
    """

    def client_of(
        city: Municipality | None,
        user: Any = None,
        *,
        stays: bool = False,
        second_factor: bool = True,
        **kwargs: Any,
    ) -> CityClient:
        from django.conf import settings

        client = (StayingClient if stays else CityClient)(city.host if city else settings.PUBLIC_HOST, **kwargs)
        if user is not None:
            with schema_context(city.schema_name if city else "public"):
                client.begin(user, proved=second_factor and user.is_staff_member)
        return client

    return client_of


def shows(client: Client, user: Any, method: str = "mfa", at: float | None = None) -> None:
    """Have the session of a client remember that its person has shown something of themselves, by default just now."""
    session = client.session
    note(session, user, method, at)
    session.save()


def note(session: Any, user: Any, method: str = "mfa", at: float | None = None) -> None:
    records = session.get("account_authentication_methods", [])
    session["account_authentication_methods"] = [*records, {"method": method, "at": time.time() if at is None else at}]
    session["account_authentication_methods_user"] = str(user.pk)


def kept_page(answer: Any) -> str:
    """Where a detour leads back to: the page of the form that was posted."""
    found = re.search(r"/connexion/reprendre/[\w-]{22}/", answer.headers["Location"])
    assert found
    return found[0]


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    """An empty place of the test's own for uploaded files; a city has its folder in it."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.STORAGES = {**settings.STORAGES}  # a new storage: the one in use remembers the place that it saw first
    return tmp_path / "media"


@pytest.fixture
def person(saran: Municipality) -> Callable[..., Any]:
    """`person()` makes a participant of Saran, `person(role=..., city=...)` someone else."""

    def make(city: Municipality | None = saran, **kwargs: Any) -> Any:
        with schema_context(city.schema_name if city else "public"):
            return UserFactory(**kwargs)

    return make
