"""Making a key and taking it away, on one's account and on the desk."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.services import change_team_role
from rest.models import Token
from rest.services.tokens import NameMissing, make_token
from tenants.models import Municipality
from tests.conftest import shows

OWN, DESK = "/compte/cles/", "/gestion/cles-api/"
ASKED = {"name": "Le portail des sports", "scopes": ["propose", "follow"], "days": "30"}


def proved(visit: Callable[..., Client], city: Municipality, user: Any) -> Client:
    client = visit(city, user)
    with schema_context(city.schema_name):
        shows(client, user, "code")
    return client


def test_a_secret_is_shown_once(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    client = proved(visit, saran, person())
    page = client.post(OWN, ASKED)
    (secret,) = re.findall(r'id="secret">(trk_[\w-]{43})<', page.content.decode())
    assert page.headers["Cache-Control"].startswith("no-store")
    assert visit(saran).get("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"}).json()["scopes"]
    again = client.get(OWN).content.decode()
    assert secret not in again
    assert (secret[-4:] in again, ASKED["name"] in again) == (True, True)


def test_what_is_missing_is_said_beside_its_field(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    client = proved(visit, saran, person())
    for wrong, words in (
        ({"name": " "}, str(NameMissing.message)),
        ({"scopes": []}, "Cochez ce que la clé permet"),
        ({"scopes": ["moderate"]}, "Cochez ce que la clé permet"),
        ({"days": "4000"}, "4000"),
    ):
        page = client.post(OWN, ASKED | wrong)
        assert page.status_code == 422
        assert words in page.content.decode()
    with schema_context(saran.schema_name):
        assert not Token.objects.exists()


def test_taken_away_it_stops_and_nobody_takes_anothers(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    user, other = person(), person()
    proved(visit, saran, user).post(OWN, ASKED)
    with schema_context(saran.schema_name):
        token = Token.objects.get()
    assert proved(visit, saran, other).post(f"{OWN}{token.pk}/retirer/").status_code == 404
    client = proved(visit, saran, user)
    assert client.post(f"{OWN}{token.pk}/retirer/", follow=True).status_code == 200
    with schema_context(saran.schema_name):
        assert Token.objects.get().revoked_at
        entry = AuditEntry.objects.get(action="api_key_revoked")
        assert (entry.actor_id, entry.subject_id) == (user.pk, str(token.pk))


def test_a_fresh_proof_is_asked_for(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    assert "/connexion/confirmer/" in visit(saran, person()).post(OWN, ASKED).headers["Location"]
    client = visit(saran, person(role=Role.MODERATOR), second_factor=False)
    assert "/compte/securite/" in client.post(DESK, ASKED).headers["Location"]


def test_an_administrator_sees_and_takes_those_of_the_team(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    moderator, administrator = person(role=Role.MODERATOR), person(administrator=True)
    client = visit(saran, moderator)
    page = client.post(DESK, {**ASKED, "scopes": ["moderate"]})
    assert 'id="secret"' in page.content.decode()
    with schema_context(saran.schema_name):
        token = Token.objects.get()
    assert ASKED["name"] not in visit(saran, person(role=Role.FACILITATOR)).get(DESK).content.decode()
    client = visit(saran, administrator)
    assert ASKED["name"] in client.get(DESK).content.decode()
    assert client.post(f"{DESK}{token.pk}/retirer/").status_code == 302
    with schema_context(saran.schema_name):
        assert Token.objects.get().revoked_at


def test_who_loses_the_role_loses_the_key_for_good(in_saran: Municipality, person: Any) -> None:
    moderator, administrator = person(role=Role.MODERATOR), person(administrator=True)
    asked = {"name": "x", "days": 30, "at": timezone.now()}
    of_team, _secret = make_token(user=moderator, wanted=["moderate"], of_team=True, **asked)
    own, _secret = make_token(user=moderator, wanted=["propose"], of_team=False, **asked)
    for role in (Role.OBSERVER, Role.MODERATOR):
        change_team_role(member_id=moderator.pk, role=role, actor=administrator, city=in_saran)
    of_team.refresh_from_db()
    own.refresh_from_db()
    assert of_team.revoked_at is not None
    assert own.holds(timezone.now() + timedelta(days=1))


def test_operators_make_theirs_and_take_any_away(visit: Callable[..., Client], person: Any) -> None:
    page, asked = "/ops/cles-api/", {"name": "Le script du lundi", "scopes": ["fleet", "provision"], "days": "30"}
    one, other = person(None, operator=True), person(None, operator=True)
    assert "/compte/securite/" in visit(None, one, second_factor=False).post(page, asked).headers["Location"]
    client = visit(None, one)
    (secret,) = re.findall(r'id="secret">(trk_[\w-]{43})<', client.post(page, asked).content.decode())
    assert secret not in client.get(page).content.decode()
    for wrong in ("moderate", "propose"):  # of cities
        assert client.post(page, {**asked, "scopes": [wrong]}).status_code == 422
    assert asked["name"] in visit(None, other).get(page).content.decode()
    token = Token.objects.get()
    assert AuditEntry.objects.get(action="api_key_made").actor_id == one.pk
    assert visit(None, other).post(f"{page}{token.pk}/retirer/").status_code == 302
    assert visit(None).get("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert AuditEntry.objects.get(action="api_key_revoked").actor_id == other.pk


def test_what_programs_write_stands_as_code(visit: Callable[..., Client], saran: Municipality) -> None:
    for city in (saran, None):
        page = visit(city).get("/api/").content.decode()
        assert "`" not in page
        assert "<code>Idempotency-Key</code>" in page
        assert 'id="invalid"' in page  # where problems point
        assert 'id="invalid_parameters"' in page


def test_the_page_says_what_is_asked_sent_and_given(visit: Callable[..., Client], saran: Municipality) -> None:
    page = visit(saran).get("/api/").content.decode()
    for named in ("before", "after", "stance", "revision", "signer", "since", "act", "merged_into"):
        assert f"<code>{named}</code>" in page, named
    assert "FOR | AGAINST | IMPROVE" in page


def test_who_has_no_public_name_is_led_to_where_it_is_chosen(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    page = proved(visit, saran, person(public_name="")).get(OWN).content.decode()
    assert "Choisir un nom public" in page
    assert 'name="scopes"' not in page
    desk = proved(visit, saran, person(role=Role.ADMINISTRATOR, public_name="")).get(DESK).content.decode()
    assert 'name="scopes"' in desk
