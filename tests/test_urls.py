"""Every address × every role × the right city and another one. An address that is not listed fails the test."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from django_tenants.utils import schema_context

from accounts import permissions
from accounts.abilities import OPERATE, SEE_DESK
from accounts.enums import TEAM_ROLES, Role
from common.states import Answers, answers, answers_of
from common.trees import tree
from config.urls import tenant
from consultations.framing.abilities import FRAME
from consultations.library.selectors import latest_set
from consultations.library.services.drafts import prepare_version
from consultations.library.services.shipping import content_of
from onboarding.models import ProvisioningRun
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.conftest import shows
from tests.support.addresses import CITY, PUBLIC, addresses, named, one_of_everything, path_of, someone
from tests.support.limits import posts_without_end  # noqa: F401
from tests.support.pages import unread
from tests.support.roles import CITY_ROLES, DESK, POST_ONLY, PUBLIC_ROLES

# The door is the same in public: its rows of CITY hold, with an operator for a participant.
DOOR_NAMES = {name for name in CITY if name.startswith(("account_", "mfa_", "sign"))} | {
    "confirm_code",
    "other_address",
    "resume",
}


def test_every_address_is_in_the_table() -> None:
    assert {each.name for each in addresses(settings.ROOT_URLCONF)} == set(CITY)
    assert {each.name for each in addresses(settings.PUBLIC_SCHEMA_URLCONF)} == set(PUBLIC) | DOOR_NAMES


@pytest.mark.parametrize("urlconf", [settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF])
def test_an_address_name_is_of_one_app(urlconf: str) -> None:
    """`reverse` takes whichever it finds: of two, one would lead to the other's page."""
    owners: dict[str, set[str]] = {}
    for each in addresses(urlconf):
        view = each.pattern.callback
        module = getattr(view, "view_class", view).__module__
        owners.setdefault(each.name, set()).add(module.partition(".views")[0])
    owners.pop("", None)
    assert len(owners) > 60
    assert {name: found for name, found in owners.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("urlconf", "begins", "roles"),
    [
        (settings.ROOT_URLCONF, "gestion/", SEE_DESK.roles),
        (settings.PUBLIC_SCHEMA_URLCONF, "ops/", OPERATE.roles),
    ],
)
def test_every_address_of_the_team_is_in_a_tree_of_its_own(urlconf: str, begins: str, roles: frozenset[str]) -> None:
    """But the link that whoever reads the authority's mail has. Who is a guest there: tests/delegation/test_entering.py."""
    theirs = [each for each in addresses(urlconf) if each.route.startswith(begins)]
    open_to_all = {
        each.name for each in theirs if not getattr(each.pattern.callback, "roles", {""}) <= roles | permissions.GUESTS
    }
    assert len(theirs) > 20
    assert open_to_all == ({"verification_link", "verification_by_link"} if begins == "gestion/" else set())


def _seen(request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


@pytest.mark.parametrize("role", CITY_ROLES)
def test_a_view_that_says_nothing_is_for_those_of_its_tree(
    visit: Callable[..., Client], saran: Municipality, settings: Any, role: str
) -> None:
    desk = [path("page/", _seen), path("more/", include([path("page/", _seen)]))]
    mounted = tree("desk/", desk, permissions.only_for(SEE_DESK))
    settings.ROOT_URLCONF = (*tenant.urlpatterns, mounted, path("page/", _seen))
    user = someone(saran, role)
    proved, barely = visit(saran, user), visit(saran, user, second_factor=False)
    for address in ("/desk/page/", "/desk/more/page/"):
        assert proved.get(address).status_code == DESK[role]
        if role in SEE_DESK.roles:
            assert is_led_to_a_second_factor(barely.get(address))
    assert visit(saran).get("/page/").content == b"seen"  # outside of the tree it is what it was


def test_no_view_lets_in_who_is_not_of_its_tree() -> None:
    everyone = replace(SEE_DESK, roles=SEE_DESK.roles | {Role.PARTICIPANT})
    wider = permissions.role_required(everyone)(_seen)
    with pytest.raises(ImproperlyConfigured, match="PARTICIPANT"):
        tree("desk/", [path("page/", wider)], permissions.only_for(SEE_DESK))


def test_a_tree_adds_to_what_its_views_answer_and_changes_no_other() -> None:
    legal = answers(Answers.SUSPENDED)(lambda request: HttpResponse())
    held = tree("", [path("page/", legal)], answers(Answers.UNVERIFIED))
    assert answers_of(held.resolve("page/").func) == Answers.SUSPENDED | Answers.UNVERIFIED
    assert answers_of(legal) == Answers.SUSPENDED


@pytest.fixture
def things(saran: Municipality) -> dict[str, Any]:
    with schema_context(saran.schema_name):
        return one_of_everything()


def astray(path: str, page: Any) -> Iterator[str]:
    """A page that asks htmx for something loads it; the others are 15 kB lighter without it."""
    asks, loads = (not page.streaming and words in page.content for words in (b" hx-", b"htmx.min"))
    if asks != loads:
        yield f"{path}: {'does not load htmx' if asks else 'loads htmx for nothing'}"


@pytest.mark.parametrize("role", CITY_ROLES)
def test_each_address_of_a_city_answers_each_role(
    visit: Callable[..., Client], saran: Municipality, brest: Municipality, things: dict[str, Any], role: str
) -> None:
    at_home, elsewhere = visit(saran, someone(saran, role)), visit(brest, someone(brest, role))
    wrong = []
    for address in addresses(settings.ROOT_URLCONF):
        expected, foreign = CITY[address.name]
        path = path_of(address, things)
        page = at_home.get(path)
        if page.status_code != expected[role]:
            wrong.append(f"{path}: {page.status_code}, not {expected[role]}")
        wrong.extend(astray(path, page))
        if foreign is not None:
            with unread():
                answer = (elsewhere.post if expected is POST_ONLY else elsewhere.get)(path).status_code
            if answer != foreign:
                wrong.append(f"{path} in another city: {answer}, not {foreign}")
    assert not wrong, "\n".join(wrong)


# tests/framing/test_preview.py, tests/framing/test_margins.py
BEHIND_A_LINK = {"preview", "preview_challenge", "delegate_entry", "contact_stop", "contact_stop_by_link"}


def test_until_a_city_opens_what_its_residents_write_and_read_is_not_there_for_visitors(
    visit: Callable[..., Client], saran: Municipality, things: dict[str, Any]
) -> None:
    """Whatever the app. What the law asks for, one's account and one's mails have pages that are there from the start."""
    Municipality.objects.filter(pk=saran.pk).update(opened_at=None)
    inside = re.compile(r"consultations\.(?!framing)\w+\.resident\.")
    visitor, found, wrong = visit(saran), 0, []
    for address in addresses(settings.ROOT_URLCONF):
        if not inside.match(address.pattern.callback.__module__):
            continue
        if address.name in BEHIND_A_LINK:
            continue
        path, found = path_of(address, things), found + 1
        for answer in (visitor.get(path), visitor.post(path)):
            if b"prepared-title" not in answer.content:
                wrong.append(f"{path}: {answer.status_code}")
    assert found > 40
    assert wrong == []


# Pages of the team that ask for no second factor: the first look, what a service is asked for, and what is framed
# before opening.
FIRST_LOOK = {"desk", "desk_of", "opinions", "opinion"}
FRAMING = named("FRAMING")
# Pages of residents on which the team has powers of its own.
SHARED = named("SHARED")


@pytest.mark.parametrize(
    ("role", "is_open"),
    # Until it opens, only those who frame may do more than in an open one; and one who does not.
    [(role, True) for role in TEAM_ROLES] + [(role, False) for role in (*sorted(FRAME.roles), Role.OBSERVER)],
)
def test_without_a_second_factor_the_team_looks_and_frames_and_no_more(
    visit: Callable[..., Client], saran: Municipality, things: dict[str, Any], role: str, is_open: bool
) -> None:
    if not is_open:
        Municipality.objects.filter(pk=saran.pk).update(opened_at=None)
    client = visit(saran, someone(saran, role), second_factor=False)
    free = FIRST_LOOK if is_open else FIRST_LOOK | FRAMING
    wrong = []
    for address in addresses(settings.ROOT_URLCONF):
        is_of_the_team = address.route.startswith("gestion/") and not address.name.startswith("verification_")
        if not is_of_the_team and address.name not in SHARED:
            continue
        path = path_of(address, things)
        for method in (client.get, client.post):
            with unread():
                answer = method(path)
            may_enter = answer.status_code not in (404, 405)
            if may_enter and is_led_to_a_second_factor(answer) is (address.name in free):
                wrong.append(f"{path}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_without_a_second_factor_operators_do_nothing(visit: Callable[..., Client], saran: Municipality) -> None:
    run = ProvisioningRun.objects.get(slug="saran")
    client = visit(None, someone(None, Role.OPERATOR), second_factor=False)
    wrong = []
    for address in addresses(settings.PUBLIC_SCHEMA_URLCONF):
        if not address.route.startswith("ops/"):
            continue
        path = path_of(address, {"run": run.pk, "city": saran.pk})
        for method in (client.get, client.post):
            with unread():
                answer = method(path)
            if answer.status_code != 405 and not is_led_to_a_second_factor(answer):
                wrong.append(f"{path}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


# What is posted there is done only just after a fresh proof (permissions.role_required, fresh=…): who enters and who
# leaves, what cannot be undone, what takes everything along, and who speaks for whom.
GRAVE = named("GRAVE")
# Everyday work, which a colleague can put right.
EVERYDAY = FRAMING | named("EVERYDAY")
# Only looked at: nothing that is posted there is read.
LOOKED_AT = named("LOOKED_AT")


def test_what_is_grave_asks_for_a_fresh_proof_and_the_rest_does_not(
    visit: Callable[..., Client], saran: Municipality, things: dict[str, Any]
) -> None:
    run = ProvisioningRun.objects.get(slug="saran")
    wrong, found = [], set()
    for city, role, begins, urlconf, values in (
        (saran, Role.ADMINISTRATOR, "gestion/", settings.ROOT_URLCONF, things),
        (None, Role.OPERATOR, "ops/", settings.PUBLIC_SCHEMA_URLCONF, {"run": run.pk, "city": saran.pk}),
    ):
        user = someone(city, role)
        client = visit(city, user, second_factor=False)
        with schema_context(city.schema_name if city else "public"):
            shows(client, user, "mfa", 1.0)
        for address in addresses(urlconf):
            if not address.route.startswith(begins) or address.name.startswith("verification_"):
                continue
            found.add(address.name)
            path = path_of(address, values)
            with unread():
                posted, looked_at = client.post(path), client.get(path)
            asked = posted.headers.get("Location", "").startswith("/connexion/confirmer/?next=")
            if asked is not (address.name in GRAVE):
                wrong.append(f"{path}: {'asks' if asked else 'does not ask'} for a fresh proof")
            if "/connexion/" in looked_at.headers.get("Location", ""):
                wrong.append(f"{path}: cannot be looked at")
    assert not wrong, "\n".join(wrong)
    assert found == GRAVE | EVERYDAY | LOOKED_AT, "say in which table a new address of the team belongs"


def is_led_to_a_second_factor(answer: Any) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/compte/securite/?next=")


@pytest.mark.parametrize("role", PUBLIC_ROLES)
def test_each_address_of_the_public_site_answers_each_role(
    visit: Callable[..., Client], saran: Municipality, role: str
) -> None:
    run = ProvisioningRun.objects.get(slug="saran")
    user = someone(None, role)
    prepare_version(content=content_of(latest_set("territoires-resilients")), actor=UserFactory(operator=True))
    client = visit(None, user)
    wrong = []
    for address in addresses(settings.PUBLIC_SCHEMA_URLCONF):
        expected = PUBLIC[address.name][role] if address.name in PUBLIC else None
        path = path_of(address, {"run": run.pk, "city": saran.pk})
        page = client.get(path)
        if expected is not None and page.status_code != expected:
            wrong.append(f"{path}: {page.status_code}, not {expected}")
        if page.status_code >= 500:
            wrong.append(f"{path}: {page.status_code}")
        if address.name != "signup_progress":  # it asks until its run is over
            wrong.extend(astray(path, page))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "path",
    ["/ops/", "/ops/mises-en-service/", "/ops/bibliotheque/", "/bibliotheque/", "/inscription/", "/ops/composants/"],
)
def test_the_operators_side_is_in_no_city(
    visit: Callable[..., Client], saran: Municipality, person: Any, path: str
) -> None:
    assert visit(saran, person(administrator=True)).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/gestion/", "/propositions/", "/defis/ecologie/"])
def test_a_citys_pages_are_not_on_the_public_site(visit: Callable[..., Client], db: None, path: str) -> None:
    assert visit(None).get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/ops/verifications/collectivite/1/",
        "/ops/collectivites/1/adresses/",
        "/ops/collectivites/1/adresses/renommer/",
        "/ops/collectivites/1/etat/SUSPEND/",
        "/ops/collectivites/1/maintenance/",
        "/ops/collectivites/1/heure/",
        "/ops/noms-reserves/1/liberer/",
        "/ops/verifications/1/accepter/",
        "/ops/verifications/1/refuser/",
        "/ops/mises-en-service/00000000-0000-4000-8000-000000000000/annuler/",
        "/ops/mises-en-service/00000000-0000-4000-8000-000000000000/relancer/",
    ],
)
def test_only_operators_act_on_the_fleet(visit: Callable[..., Client], db: None, path: str) -> None:
    answer = visit(None).post(path)
    assert answer.status_code == 302
    assert "/connexion/" in answer.headers["Location"]
