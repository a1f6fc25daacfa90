"""The second factor: who needs one for what, setting it up, showing it, and its recovery codes."""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import connections
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts import factors
from accounts.enums import TEAM_ROLES, Role
from accounts.factors import LastFactor, NoFactorCode, WrongFactor
from accounts.models import AuditEntry, TeamInvitation, User
from accounts.services import issue_sign_in_link
from common.models import OutboxMessage
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.conftest import kept_page, shows
from tests.support.pages import says

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
APP, CODES = "/compte/securite/application/", "/compte/securite/codes/"
STEP = "/connexion/second-facteur/"


def code_at(moment: float, secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int(moment) // 30))


def with_app(user: User) -> User:
    """Somebody who has set up the app, and has recovery codes."""
    now = timezone.now()
    before = now - timedelta(minutes=10)
    factors.add_app(user=user, secret=SECRET, code=code_at(before.timestamp()), city=None, at=before)
    OutboxMessage.objects.all().delete()
    return user


def secret_on(page: Any) -> str:
    """The key for the app, which stands there in groups of four."""
    found = re.search(r"<code[^>]*>((?:\w{4} ){7}\w{4})</code>", page.content.decode())
    assert found
    return found[1].replace(" ", "")


def press_link(browser: Client, user: User) -> Any:
    """Open the link of a mail and press its button."""
    page = browser.get(f"/connexion/lien/{issue_sign_in_link(user=user)}/").headers["Location"]
    return browser.post(page)


def recovery_codes(user: User) -> list[str]:
    codes: list[str] = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    return codes


@pytest.fixture
def boss(in_saran: Municipality) -> User:
    return UserFactory(role=Role.ADMINISTRATOR, email="chef@saran.example")


@pytest.fixture
def client(in_saran: Municipality, boss: User, visit: Callable[..., Client]) -> Client:
    """The administrator's, just signed in by a code, without a second factor."""
    client = visit(in_saran, boss, stays=True, second_factor=False)
    shows(client, boss, "code")
    return client


# ── Who needs one, and for what ──────────────────────────────────────────────

FIRST_LOOK = {"/gestion/"}
FRAMING = {
    "/gestion/consultations/territoires-resilients/cadre/",
    "/gestion/consultations/territoires-resilients/documents/",
    "/gestion/consultations/territoires-resilients/defis/",
    "/gestion/consultations/territoires-resilients/ajouter-un-defi/",
    "/gestion/consultations/territoires-resilients/defis/ecologie/",
    "/gestion/consultations/territoires-resilients/defis/ecologie/modifier/",
    "/gestion/apparence/",
    "/gestion/mentions/",
}
GRAVE = {
    "/gestion/equipe/",
    "/gestion/export/",
    "/gestion/adresse/",
    "/gestion/verification/",
    "/gestion/propositions/orphelines/",
    "/gestion/propositions/reunir/",
}


@pytest.mark.parametrize("role", TEAM_ROLES)
def test_every_role_sees_the_desk_at_first_and_is_asked_at_what_is_grave(
    in_saran: Municipality, visit: Callable[..., Client], role: str
) -> None:
    user = UserFactory(role=role)
    newcomer = visit(in_saran, user, stays=True, second_factor=False)
    for path in FIRST_LOOK:
        assert newcomer.get(path).status_code == 200, path
    for path in GRAVE:
        answer = newcomer.get(path)
        asked = answer.status_code == 302 and answer.headers["Location"].startswith("/compte/securite/?next=/")
        assert asked or answer.status_code == 404, path
    if role == Role.ADMINISTRATOR:
        assert {path: newcomer.get(path).status_code for path in GRAVE} == dict.fromkeys(GRAVE, 302)


@pytest.fixture
def unopened(brest: Municipality) -> Municipality:
    with schema_context("public"):
        Municipality.objects.filter(pk=brest.pk).update(opened_at=None)
        brest.refresh_from_db()
    return brest


def test_a_newcomer_frames_and_once_the_city_is_open_framing_asks_too(
    client: Client, unopened: Municipality, visit: Callable[..., Client]
) -> None:
    with schema_context(unopened.schema_name):
        newcomer = visit(unopened, UserFactory(role=Role.ADMINISTRATOR), stays=True, second_factor=False)
        assert {path: newcomer.get(path).status_code for path in FRAMING} == dict.fromkeys(FRAMING, 200)
    assert {path: client.get(path).status_code for path in FRAMING} == dict.fromkeys(FRAMING, 302)


def test_nobody_opens_without_one(unopened: Municipality, visit: Callable[..., Client]) -> None:
    with schema_context(unopened.schema_name):
        newcomer = visit(unopened, UserFactory(role=Role.ADMINISTRATOR), stays=True, second_factor=False)
        answer = newcomer.post("/gestion/consultations/territoires-resilients/ouvrir/")
    assert answer.headers["Location"] == f"/compte/securite/?next={kept_page(answer)}"
    with schema_context("public"):
        unopened.refresh_from_db()
    assert not unopened.is_open


def test_operators_need_one(visit: Callable[..., Client], db: None, person: Any) -> None:
    operator = visit(None, person(city=None, operator=True), second_factor=False)
    response = operator.get("/ops/", follow=True)
    assert response.redirect_chain == [("/compte/securite/?next=/ops/", 302)]
    assert "Deux minutes suffisent" in response.content.decode()


def test_who_has_one_and_has_not_shown_it_is_asked_for_it(client: Client, boss: User) -> None:
    with_app(boss)
    assert client.get("/gestion/equipe/").headers["Location"] == "/connexion/confirmer/?next=/gestion/equipe/"
    answer = client.post(
        "/connexion/confirmer/", {"code": code_at(time.time()), "next": "/gestion/equipe/"}, follow=True
    )
    assert answer.redirect_chain == [("/gestion/equipe/", 302)]
    assert answer.status_code == 200


def test_what_was_typed_at_the_desk_comes_through_the_setting_up(client: Client, boss: User) -> None:
    typed = {"email": "mod@saran.example", "role": Role.MODERATOR, "words": "Bienvenue à toi"}
    answer = client.post("/gestion/equipe/", typed)
    kept = kept_page(answer)
    [app] = re.findall(
        r'"(/compte/securite/application/[^"]+)"', client.get(answer.headers["Location"]).content.decode()
    )
    page = client.get(app)
    secret = secret_on(page)
    assert f'action="{app}"' in page.content.decode()
    # Meanwhile the same session sends something else, from another tab or from a copy of its cookie.
    client.get(client.post("/gestion/equipe/", {"email": "voleur@evil.example"}).headers["Location"])
    answer = client.post(app, {"code": code_at(time.time(), secret)}, follow=True)
    assert answer.redirect_chain == [(CODES, 302)]
    answer = client.get("/connexion/suite/", follow=True)
    assert answer.redirect_chain == [(kept, 302)]
    assert 'value="mod@saran.example"' in answer.content.decode()
    assert "Bienvenue à toi" in answer.content.decode()
    answer = client.post(kept, typed, follow=True)
    assert answer.redirect_chain[0] == ("/gestion/equipe/", 307)
    assert TeamInvitation.objects.filter(email="mod@saran.example", role=Role.MODERATOR).exists()


# ── Signing in ───────────────────────────────────────────────────────────────


def test_whoever_has_one_is_asked_at_every_signing_in(
    in_saran: Municipality, boss: User, visit: Callable[..., Client]
) -> None:
    with_app(boss)
    browser = visit(in_saran, stays=True)
    assert press_link(browser, boss).headers["Location"] == STEP
    assert browser.get("/gestion/").status_code == 302
    answer = browser.post(STEP, {"code": "000000"})
    assert answer.status_code == 422
    assert browser.get("/gestion/").status_code == 302
    assert browser.post(STEP, {"code": code_at(time.time())}).status_code == 302
    assert browser.get("/gestion/equipe/").status_code == 200


def test_five_wrong_ones_end_a_session_and_twenty_the_door(
    in_saran: Municipality, boss: User, visit: Callable[..., Client]
) -> None:
    with_app(boss)
    for _session in range(4):
        browser = visit(in_saran, stays=True)
        press_link(browser, boss)
        for _guess in range(5):
            assert says(browser.post(STEP, {"code": "000000"}), WrongFactor)
        answer = browser.post(STEP, {"code": code_at(time.time())})
        assert "Réessayez dans" in answer.content.decode()
        assert browser.get("/gestion/").status_code == 302
    browser = visit(in_saran, stays=True)
    press_link(browser, boss)
    assert "Réessayez dans" in browser.post(STEP, {"code": code_at(time.time())}).content.decode()
    assert browser.get("/gestion/").status_code == 302


def test_who_reads_the_mailbox_keeps_nobody_out_who_is_in(
    in_saran: Municipality, boss: User, visit: Callable[..., Client]
) -> None:
    with_app(boss)
    owner = visit(in_saran, boss, stays=True, second_factor=False)
    shows(owner, boss, "mfa", 1.0)
    for _session in range(5):
        stranger = visit(in_saran, stays=True)
        press_link(stranger, boss)
        for _guess in range(5):
            stranger.post(STEP, {"code": "000000"})
    for _guess in range(4):
        assert says(owner.post("/connexion/confirmer/", {"code": "000000"}), WrongFactor)
    assert owner.post("/connexion/confirmer/", {"code": code_at(time.time())}).status_code == 302


def test_a_session_that_never_showed_it_guesses_at_the_door_too(
    in_saran: Municipality, boss: User, visit: Callable[..., Client]
) -> None:
    """One of before the factor was set up, or many of them."""
    with_app(boss)
    for session in range(5):
        old = visit(in_saran, boss, stays=True, second_factor=False)
        for _guess in range(5):
            answer = old.post("/connexion/confirmer/", {"code": "000000"})
            assert says(answer, WrongFactor) is (session < 4)


def test_a_participant_who_has_one_is_asked_too(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    resident = with_app(UserFactory())
    browser = visit(in_saran, stays=True)
    assert press_link(browser, resident).headers["Location"] == STEP


def test_the_second_step_alone_is_no_way_in(in_saran: Municipality, boss: User, visit: Callable[..., Client]) -> None:
    with_app(boss)
    browser = visit(in_saran, stays=True)
    assert browser.post(STEP, {"code": code_at(time.time())}).headers["Location"] == "/connexion/"


# ── The app ──────────────────────────────────────────────────────────────────


def test_a_code_of_the_app_is_good_once_and_so_are_those_before(boss: User) -> None:
    with_app(boss)
    now = timezone.now()
    code, earlier = code_at(now.timestamp()), code_at(now.timestamp() - 30)
    factors.check_code(user=boss, city=None, code=f" {code[:3]} {code[3:]} ", at=now)
    for spent in (code, earlier):
        with pytest.raises(factors.WrongFactor):
            factors.check_code(user=boss, city=None, code=spent, at=now)
    factors.check_code(user=boss, city=None, code=code_at(now.timestamp() + 30), at=now + timedelta(seconds=30))


def test_a_clock_half_a_minute_off_is_forgiven_and_not_more(boss: User) -> None:
    with_app(boss)
    now = timezone.now()
    for far in (-60, 60):
        with pytest.raises(factors.WrongFactor):
            factors.check_code(user=boss, city=None, code=code_at(now.timestamp() + far), at=now)
    factors.check_code(user=boss, city=None, code=code_at(now.timestamp() - 30), at=now)
    factors.check_code(user=boss, city=None, code=code_at(now.timestamp() + 30), at=now)


def test_the_code_that_added_the_app_lets_nobody_in(boss: User) -> None:
    now = timezone.now()
    factors.add_app(user=boss, secret=SECRET, code=code_at(now.timestamp()), city=None, at=now)
    with pytest.raises(factors.WrongFactor):
        factors.check_code(user=boss, city=None, code=code_at(now.timestamp()), at=now)


def test_of_one_code_shown_twice_at_once_one_counts(real_db: str) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        user = with_app(UserFactory(role=Role.ADMINISTRATOR))
    now = timezone.now()

    def show(code: str) -> bool:
        try:
            with schema_context(saran.schema_name):
                factors.check_code(user=user, city=None, code=code, at=now)
        except factors.WrongFactor:
            return False
        finally:
            connections.close_all()
        return True

    with schema_context(saran.schema_name):
        recovery = recovery_codes(user)[0]
    for code in (code_at(now.timestamp()), recovery):
        with ThreadPoolExecutor(4) as several:
            assert sum(several.map(show, [code] * 8)) == 1


def test_on_the_telephone_itself_a_link_opens_the_app_and_the_key_can_be_copied(client: Client) -> None:
    page = client.get(APP)
    secret = secret_on(page)
    link = re.search(r'href="(otpauth://totp/[^"]+)"', page.content.decode())
    assert link
    assert f"secret={secret}" in link[1]
    assert f'data-text="{secret}"' in page.content.decode()
    assert "<details" not in page.content.decode().split("<main")[1]


def test_what_no_app_shows_is_no_guess(in_saran: Municipality, boss: User, visit: Callable[..., Client]) -> None:
    with_app(boss)
    browser = visit(in_saran, stays=True)
    press_link(browser, boss)
    for odd in ("", "12345", "1234567", "x" * 300, "١٢٣٤٥٦") * 2:
        answer = browser.post(STEP, {"code": odd})
        assert answer.status_code == 422
        assert str(NoFactorCode.message) in answer.content.decode()
    assert browser.post(STEP, {"code": code_at(time.time())}).headers["Location"] == "/connexion/suite/"


def test_each_change_is_told_to_the_owner_and_recorded(client: Client, boss: User) -> None:
    secret = secret_on(client.get(APP))
    client.post(APP, {"code": code_at(time.time(), secret)})
    mail = OutboxMessage.objects.get().payload
    assert mail["to"] == boss.email
    assert "Une application d’authentification a été ajoutée" in mail["body"]
    assert "http://saran.territoires.localhost/compte/securite/" in mail["body"]
    client.post(CODES + "creer/")
    bodies = [each.payload["body"] for each in OutboxMessage.objects.all()]
    assert sum("De nouveaux codes de secours" in body for body in bodies) == 1
    entries = AuditEntry.objects.filter(action="second_factor_changed", actor=boss)
    assert {entry.details["what"] for entry in entries} == {"APP_ADDED", "CODES_RENEWED"}


def test_a_wrong_code_adds_nothing(client: Client, boss: User) -> None:
    client.get(APP)
    answer = client.post(APP, {"code": "000000"})
    assert answer.status_code == 422
    assert "aria-invalid" in answer.content.decode()
    assert not Authenticator.objects.filter(user=boss).exists()


def test_somebody_of_a_team_keeps_one_and_a_participant_may_leave_it(
    client: Client, boss: User, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    resident = UserFactory()
    theirs = visit(in_saran, resident, stays=True)
    for browser, user, stays in ((client, boss, True), (theirs, resident, False)):
        with_app(user)
        shows(browser, user)
        app = Authenticator.objects.get(user=user, type="totp")
        page = f"/compte/securite/{app.pk}/retirer/"
        assert browser.get(page).status_code == 200
        said = browser.post(page, follow=True).content.decode()
        assert (str(LastFactor.message) in said) is stays
        assert Authenticator.objects.filter(user=user).exists() is stays
    assert [each.payload["to"] for each in OutboxMessage.objects.all()] == [resident.email]
    assert client.post(f"/compte/securite/{app.pk}/retirer/").status_code == 404  # another person's


# ── Passkeys ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "credential",
    ["", "null", "[]", "{}", "{", '{"id": 1}', '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}'],
)
@pytest.mark.parametrize("path", ["/compte/securite/cle/", STEP, "/connexion/confirmer/"])
def test_an_answer_that_no_browser_gives_is_refused_in_words(
    client: Client, boss: User, in_saran: Municipality, visit: Callable[..., Client], path: str, credential: str
) -> None:
    browser = client
    if path != "/compte/securite/cle/":
        with_app(boss)
    if path == STEP:
        browser = visit(in_saran, stays=True)
        press_link(browser, boss)
    browser.get(path)
    assert browser.post(path, {"credential": credential}).status_code == 422


def test_there_is_a_most_of_passkeys(in_saran: Municipality, boss: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factors.webauthn, "parse_registration_response", lambda credential: credential)
    monkeypatch.setattr(factors.webauthn, "complete_registration", lambda answer: answer)
    monkeypatch.setattr(factors, "PASSKEYS_MAX", 0)
    with pytest.raises(factors.TooManyPasskeys):
        factors.add_passkey(user=boss, name="Clé", credential="{}", city=in_saran)


def test_the_page_of_passkeys_says_where_they_work(client: Client) -> None:
    page = client.get("/compte/securite/cle/").content.decode()
    assert "ne marche qu’à l’adresse saran.territoires.localhost" in page
    assert '"rp": {"name": "Saran", "id": "saran.territoires.localhost"}' in page


def test_a_key_without_a_name_is_called_once_what_it_is(
    in_saran: Municipality, visit: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    resident = UserFactory()
    Authenticator.objects.create(user=resident, type="webauthn", data={"name": "", "credential": {}})
    monkeypatch.setattr(factors, "_is_of_other_host", lambda row, host: False)
    page = visit(in_saran, resident, stays=True).get("/compte/securite/").content.decode()
    assert re.search(r'<h2 id="factor-\d+">Clé d’accès</h2>', page)


def test_a_resident_goes_back_to_their_space_and_who_was_on_their_way_goes_on(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    resident = with_app(UserFactory())
    browser = visit(in_saran, resident, stays=True)
    shows(browser, resident)
    for page in ("/compte/securite/", CODES):
        assert 'href="/compte/"' in browser.get(page).content.decode().split("<h1>")[1]
    browser.get("/compte/securite/?next=/propositions/")
    for page in ("/compte/securite/", CODES):
        assert 'href="/connexion/suite/"' in browser.get(page).content.decode().split("<h1>")[1]
