"""Headers and cookies of each class of answer, under the settings of production and behind a proxy that does TLS."""

import runpy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings as present
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.services import issue_sign_in_link
from common.limits import TooMany
from common.middleware import HeadersMiddleware
from consultations.framing.models import Logo
from consultations.participation.models import Picture
from tenants.enums import LifecycleState
from tenants.models import Domain, Municipality
from tests.participation.factories import ProposalFactory
from tests.tenants.test_lifecycle import put
from tests.test_house import ROOT, STRONG

PREFIXES = ("SECURE_", "SESSION_COOKIE_", "CSRF_", "WROTE_", "X_FRAME_", "CONTENT_SECURITY_", "PUBLIC_", "DATA_UPLOAD_")
OTHERS = ("MIDDLEWARE", "TRUSTED_PROXIES", "ALLAUTH_TRUSTED_PROXY_COUNT")
PICTURE = "0123456789abcdef0123"


@pytest.fixture
def production(settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What `config.settings.base` says of headers and cookies where the public site is https."""
    monkeypatch.setenv("SECRET_KEY", STRONG)
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://territoires.localhost")
    monkeypatch.setenv("TRUSTED_PROXIES", "1")
    said = runpy.run_path(str(ROOT / "platform" / "config" / "settings" / "base.py"))
    taken = {name: value for name, value in said.items() if name.startswith(PREFIXES) or name in OTHERS}
    for name, value in taken.items():
        setattr(settings, name, value)
    return taken


@dataclass
class World:
    visit: Callable[..., Client]
    saran: Municipality
    person: Callable[..., Any]
    monkeypatch: pytest.MonkeyPatch

    def client(self, city: Municipality | None, user: Any = None, **kwargs: Any) -> Client:
        proxy = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_FOR": "192.0.2.1"}
        return self.visit(city, user, raise_request_exception=False, **proxy, **kwargs)

    @property
    def visitor(self) -> Client:
        return self.client(self.saran)

    @property
    def administrator(self) -> Client:
        return self.client(self.saran, self.person(administrator=True))

    @property
    def operator(self) -> Client:
        user = self.person(city=None, operator=True)
        return self.client(None, user)

    def sign_in_link(self) -> str:
        someone = self.person()
        with schema_context(self.saran.schema_name):
            return f"/connexion/lien/{issue_sign_in_link(user=someone)}/"

    def kept(self) -> Any:
        assert self.visitor.get("/").headers["X-Cache"] == "miss"
        answer = self.visitor.get("/")
        assert answer.headers["X-Cache"] == "hit"
        return answer

    def picture(self) -> Any:
        with schema_context(self.saran.schema_name):
            picture = Picture.objects.create(content=b"JPEG", digest=PICTURE, width=4, height=3)
            ProposalFactory(picture=picture)
        return self.visitor.get(f"/images/{PICTURE}.jpg")

    def logo(self) -> Any:
        with schema_context(self.saran.schema_name):
            Logo.objects.create(png=b"PNG", digest=PICTURE)
        return self.visitor.get(f"/logo/{PICTURE}.png")

    def former_address(self) -> Any:
        with schema_context("public"):
            Domain.objects.create(domain="ancien.territoires.localhost", tenant=self.saran, is_primary=False)
        return Client(HTTP_HOST="ancien.territoires.localhost", HTTP_X_FORWARDED_PROTO="https").get("/")

    def maintenance(self) -> Any:
        Municipality.objects.filter(pk=self.saran.pk).update(maintenance_since=timezone.now())
        return self.visitor.get("/")

    def in_state(self, state: str, method: str = "get", path: str = "/") -> Any:
        put(self.saran, state)
        return getattr(self.visitor, method)(path)

    def broken(self, name: str, problem: Exception) -> Any:
        def fail(*args: Any, **kwargs: Any) -> None:
            raise problem

        self.monkeypatch.setattr(name, fail)
        return self.visitor.get("/mode-d-emploi/")

    def too_many(self) -> Any:
        from common.limits import POSTS

        refusal = TooMany(POSTS, POSTS.rates[0], timezone.now())
        self.monkeypatch.setattr("common.middleware.consume", self._raising(refusal))
        return self.visitor.post("/mode-d-emploi/")

    @staticmethod
    def _raising(problem: Exception) -> Callable[..., None]:
        def fail(*args: Any, **kwargs: Any) -> None:
            raise problem

        return fail

    def too_big(self) -> Any:
        return self.visitor.post("/connexion/", {"email": "x" * 2_000_000})


def elsewhere(world: World, host: str) -> Any:
    return Client(HTTP_HOST=host, HTTP_X_FORWARDED_PROTO="https").get("/")


# class of answer → how one gets it, its status
ANSWERS: dict[str, tuple[Callable[[World], Any], set[int]]] = {
    "page of the public site": (lambda w: w.client(None).get("/"), {200}),
    "page of a city": (lambda w: w.visitor.get("/donnees-personnelles/"), {200}),
    "kept page": (World.kept, {200}),
    "kept page, signed in": (lambda w: w.administrator.get("/"), {200}),
    "desk": (lambda w: w.administrator.get("/gestion/"), {200}),
    "operators": (lambda w: w.operator.get("/ops/"), {200}),
    "one's account": (lambda w: w.client(w.saran, w.person()).get("/compte/"), {200}),
    "health": (lambda w: w.client(None).get("/healthz"), {200}),
    "health, without TLS": (lambda w: w.visit(None).get("/healthz"), {200}),
    "readiness": (lambda w: w.client(None).get("/readyz"), {200}),
    "question of the proxy": (lambda w: w.visit(None).get("/tls/ask?domain=x"), {404}),
    "static file": (lambda w: w.visitor.get("/static/common/css/desk.css"), {200}),
    "stylesheet of a colour": (lambda w: w.visitor.get("/couleurs/f2a71b.css"), {200}),
    "picture": (World.picture, {200}),
    "logo": (World.logo, {200}),
    "to https": (lambda w: w.visit(w.saran).get("/"), {301}),
    "to a former address": (World.former_address, {301, 308}),
    "to signing in": (lambda w: w.visitor.get("/gestion/"), {302}),
    "link of a mail": (lambda w: w.visitor.get(w.sign_in_link()), {302}),
    "link not kept": (lambda w: w.visitor.get("/connexion/entrer/0123456789abcdef/"), {410}),
    "400": (lambda w: elsewhere(w, "a_b/@"), {400}),
    "403": (lambda w: w.client(w.saran, enforce_csrf_checks=True).post("/connexion/"), {403}),
    "404": (lambda w: w.visitor.get("/nulle-part/"), {404}),
    "405": (lambda w: w.visitor.get("/deconnexion/"), {405}),
    "409": (lambda w: w.in_state(LifecycleState.READ_ONLY, "post", "/defis/ecologie/proposer/"), {409}),
    "413": (World.too_big, {413}),
    "422": (lambda w: w.visitor.post("/connexion/", {"email": "x"}), {200, 422}),
    "429": (World.too_many, {429}),
    "500": (lambda w: w.broken("consultations.portal.resident.reading.render", RuntimeError("x")), {500}),
    "suspended": (lambda w: w.in_state(LifecycleState.SUSPENDED), {503}),
    "maintenance": (World.maintenance, {503}),
    "unknown host": (lambda w: elsewhere(w, "nulle-part.example"), {404}),
}
# Whatever the reader, the same for ever: their addresses change with their content.
PUBLIC = {"static file", "stylesheet of a colour", "picture", "logo"}
PERSONAL = {"kept page, signed in", "desk", "operators", "one's account"}
INSECURE = {"health, without TLS", "question of the proxy", "to https"}


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_class_of_answer_is_guarded(
    kind: str,
    production: dict[str, Any],
    visit: Callable[..., Client],
    saran: Municipality,
    person: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask, statuses = ANSWERS[kind]
    answer = ask(World(visit, saran, person, monkeypatch))
    assert answer.status_code in statuses
    headers = answer.headers
    policy = headers["Content-Security-Policy"]
    for rule in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers.get("Strict-Transport-Security") == (None if kind in INSECURE else "max-age=31536000")
    kept = headers["Cache-Control"]
    if kind in PUBLIC:
        assert "max-age" in kept
    elif kind in PERSONAL:
        assert "private" in kept
        assert "no-store" in kept or kind == "kept page, signed in"
    else:
        assert any(word in kept for word in ("private", "no-store", "max-age=60"))
        assert "public" not in kept
    for name, cookie in answer.cookies.items():
        if not name.startswith("link-"):
            assert name in ("__Host-session", "__Host-csrf", "__Host-wrote")
            assert cookie["path"] == "/"
        assert cookie["secure"] is True
        assert cookie["domain"] == ""
        assert cookie["samesite"] == "Lax"
        assert cookie["httponly"] is True


def test_signing_in_sets_both_cookies(
    production: dict[str, Any], visit: Callable[..., Client], saran: Municipality, person: Any, monkeypatch: Any
) -> None:
    world = World(visit, saran, person, monkeypatch)
    client = world.visitor
    client.post(client.get(world.sign_in_link()).headers["Location"])
    assert {"__Host-session", "__Host-csrf"} <= set(client.cookies)
    assert client.get("/compte/").status_code == 200


def test_without_https_no_cookie_asks_for_it(settings: Any) -> None:
    """In development; a browser would take no `__Host-` cookie there."""
    assert not settings.SECURE_SSL_REDIRECT
    assert not settings.SESSION_COOKIE_NAME.startswith("__")
    assert not settings.CSRF_COOKIE_NAME.startswith("__")


def test_the_answer_that_begins_a_session_is_kept_by_no_browser() -> None:
    def begins(request: HttpRequest) -> HttpResponse:
        answer = HttpResponse()
        answer.set_cookie(present.SESSION_COOKIE_NAME, "new")
        return answer

    assert HeadersMiddleware(begins)(RequestFactory().get("/")).headers["Cache-Control"] == "private, no-store"
