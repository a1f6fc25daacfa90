"""A city's short name changes: its schema does not, its former address leads to the new one for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from common.models import OutboxMessage
from tenants.domains.renaming import RENAMES, RenamedTooOften, SlugRefused, rename_slug, renames_left
from tenants.models import Domain, Municipality, WantedCity
from tenants.services import AuthorityAlreadyServed, SlugTaken, reserve_municipality
from tenants.slugs import kept_message
from tests.accounts.factories import UserFactory
from tests.conftest import CityClient
from tests.support.pages import says


@pytest.fixture
def operator(db: None) -> Any:
    return UserFactory(operator=True)


def renamed(city: Municipality, slug: str, operator: Any) -> Municipality:
    rename_slug(municipality=city, slug=slug, actor=operator, by_city=False)
    return Municipality.objects.get(pk=city.pk)


def mails(city: Municipality) -> list[dict[str, Any]]:
    with schema_context(city.schema_name):
        return [message.payload for message in OutboxMessage.objects.order_by("created_at", "pk")]


def test_the_former_address_leads_to_the_new_one_with_path_and_query(
    saran: Municipality, operator: Any, visit: Callable[..., Client]
) -> None:
    former = visit(saran)
    now = renamed(saran, "saran-loiret", operator)
    assert now.schema_name == saran.schema_name
    assert now.host == f"saran-loiret.{settings.PUBLIC_HOST}"
    assert visit(now).get("/propositions/").status_code == 200
    moved = former.get("/propositions/?tri=recentes&page=2")
    assert moved.status_code == 301
    assert moved.headers["Location"] == f"http://{now.host}/propositions/?tri=recentes&page=2"
    assert former.post("/propositions/1/reagir/", {"value": "LIKE"}).status_code == 308
    # Browsers keep a 301 for ever unless told: going back would lead round in a circle.
    assert moved.headers["Cache-Control"] == "max-age=60"


def test_going_back_to_ones_own_former_name_is_fine(
    saran: Municipality, operator: Any, visit: Callable[..., Client]
) -> None:
    renamed(saran, "saran-loiret", operator)
    now = renamed(saran, "saran", operator)
    assert visit(now).get("/propositions/").status_code == 200
    assert CityClient(f"saran-loiret.{settings.PUBLIC_HOST}").get("/").headers["Location"] == f"http://{now.host}/"
    assert now.domains.count() == 2
    assert [row.domain for row in now.domains.filter(is_primary=True)] == [now.host]


def test_a_name_that_is_or_was_anothers_is_taken(saran: Municipality, brest: Municipality, operator: Any) -> None:
    renamed(brest, "brest-meme", operator)
    for slug in ("brest", "brest-meme"):
        with pytest.raises(SlugTaken):
            rename_slug(municipality=saran, slug=slug, actor=operator, by_city=False)
    with pytest.raises(SlugTaken):
        reserve_municipality(WantedCity("Brest", "COMMUNE", "", "brest"), verified_at=None)
    with pytest.raises(AuthorityAlreadyServed):
        reserve_municipality(WantedCity("Brest", "COMMUNE", brest.authority_code, "brest-bis"), verified_at=None)
    assert Municipality.objects.get(pk=saran.pk).slug == "saran"


@pytest.mark.parametrize("slug", ["www", "adm1n", "xn--saran-9ua", "Saran", "", "a" * 41, "sarañ", "-a"])
def test_a_name_that_is_no_address_is_refused(saran: Municipality, operator: Any, slug: str) -> None:
    with pytest.raises(SlugRefused):
        rename_slug(municipality=saran, slug=slug, actor=operator, by_city=False)
    assert Domain.objects.filter(tenant=saran).count() == 1


def test_of_two_cities_at_once_the_database_lets_one_through(real_db: str) -> None:
    cities = list(Municipality.objects.order_by("slug"))
    operator = UserFactory(operator=True)

    def take(city: Municipality) -> str:
        try:
            rename_slug(municipality=city, slug="le-meme", actor=operator, by_city=False)
            return "taken"
        except SlugTaken:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, cities)) == ["refused", "taken"]
    assert Municipality.objects.filter(slug="le-meme").count() == 1
    assert Domain.objects.filter(domain__startswith="le-meme.").count() == 1
    assert AuditEntry.objects.filter(action="slug_renamed").count() == 1


def test_the_same_renaming_twice_changes_nothing_twice(saran: Municipality, operator: Any) -> None:
    renamed(saran, "saran-loiret", operator)
    renamed(saran, "saran-loiret", operator)
    assert AuditEntry.objects.filter(action="slug_renamed").count() == 1
    assert [mail["to"] for mail in mails(saran)] == ["maire@saran.example"]


def test_administrators_are_told_the_new_address(saran: Municipality, operator: Any) -> None:
    renamed(saran, "saran-loiret", operator)
    [mail] = mails(saran)
    assert f"http://saran-loiret.{settings.PUBLIC_HOST}/" in mail["body"]
    assert f"saran.{settings.PUBLIC_HOST} reste à vous" in mail["body"]
    entry = AuditEntry.objects.get(action="slug_renamed")
    assert entry.actor == operator
    assert entry.details == {"before": "saran", "after": "saran-loiret"}


def test_an_administrator_renames_from_the_desk_and_is_led_on(
    saran: Municipality, person: Any, visit: Callable[..., Client]
) -> None:
    admin = person(administrator=True)
    desk = visit(saran, admin)
    assert desk.post("/gestion/adresse/renommer/", {"slug": "saran-loiret"}).status_code == 422  # the box is not ticked
    answer = desk.post("/gestion/adresse/renommer/", {"slug": " Saran-Loiret ", "understood": "on"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"http://saran-loiret.{settings.PUBLIC_HOST}/gestion/adresse/" in page
    assert "Reconnectez-vous" in page
    with schema_context(saran.schema_name):
        assert AuditEntry.objects.get(action="slug_renamed").actor == admin


def test_a_refused_name_is_kept_in_its_field_with_free_ones(
    saran: Municipality, brest: Municipality, operator: Any, person: Any, visit: Callable[..., Client]
) -> None:
    Municipality.objects.filter(pk=saran.pk).update(department_code="45")
    desk = visit(saran, person(administrator=True))
    answer = desk.post("/gestion/adresse/renommer/", {"slug": "brest", "understood": "on"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="brest"' in page
    assert kept_message() in page
    assert "brest-45" in page
    Municipality.objects.filter(pk=brest.pk).update(slug="notre-ville")
    answer = desk.post("/gestion/adresse/renommer/", {"slug": "notre-ville", "understood": "on"})
    assert says(answer, SlugTaken)
    # The team may give it.
    Municipality.objects.filter(pk=brest.pk).update(slug="brest")
    renamed(saran, "police", operator)


def test_an_administrator_renames_three_times_the_team_always(
    saran: Municipality, operator: Any, person: Any, visit: Callable[..., Client]
) -> None:
    admin = person(administrator=True)
    renamed(saran, "saran-zero", operator)
    assert renames_left(saran) == RENAMES  # the team's are not counted
    with schema_context(saran.schema_name):
        for number in range(RENAMES):
            rename_slug(municipality=saran, slug=f"saran-{number}x", actor=admin, by_city=True)
        with pytest.raises(RenamedTooOften):
            rename_slug(municipality=saran, slug="saran-encore", actor=admin, by_city=True)
    now = Municipality.objects.get(pk=saran.pk)
    assert now.slug == "saran-2x"
    page = visit(now, admin).get("/gestion/adresse/").content.decode()
    assert "déjà changé cette adresse trois fois" in page
    assert "/gestion/adresse/renommer/" not in page
    assert renamed(now, "saran", operator).slug == "saran"


def test_an_operator_renames_from_the_ops_page(
    saran: Municipality, operator: Any, visit: Callable[..., Client]
) -> None:
    ops = visit(None, operator)
    path = f"/ops/collectivites/{saran.pk}/adresses/"
    assert "Les adresses de Saran" in ops.get(path).content.decode()
    answer = ops.post(f"{path}renommer/", {"slug": "saran-loiret", "understood": "on"}, follow=True)
    page = answer.content.decode()
    assert f"saran-loiret.{settings.PUBLIC_HOST}" in page
    assert Municipality.objects.get(pk=saran.pk).slug == "saran-loiret"


def test_a_kept_page_does_not_outlive_the_address(real_db: str, visit: Callable[..., Client]) -> None:
    """What visitors are served from memory is kept for one address."""
    saran = Municipality.objects.get(slug="saran")
    assert visit(saran).get("/").headers["X-Cache"] == "miss"
    assert visit(saran).get("/").headers["X-Cache"] == "hit"
    now = renamed(saran, "saran-loiret", UserFactory(operator=True))
    assert visit(now).get("/").headers["X-Cache"] == "miss"
