"""What led people to a city stays its authority's: nobody else gets its slug, its domain, or a certificate for them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.models import AuditEntry, User
from onboarding.models import ProvisioningRun
from onboarding.web.forms import suggested_slug
from tenants import reservations
from tenants.domains import services as domains
from tenants.domains.names import DomainReserved, domain_from
from tenants.domains.register import alias_proves
from tenants.domains.renaming import rename_slug
from tenants.enums import LifecycleState as State
from tenants.enums import Transition
from tenants.models import Domain, HostReservation, Municipality, WantedCity
from tenants.services import SlugTaken, mark_open, reserve_municipality
from tenants.slugs import free_alternatives, taken_among, why_not_free
from tenants.tls import deserves_certificate
from tests.accounts.factories import UserFactory
from tests.names import NameServer
from tests.onboarding.signing_up import answer, begin
from tests.support.pages import says
from tests.tenants.test_domains import WANTED, ask, check, dns, fresh, in_use, said
from tests.tenants.test_lifecycle import make, put

__all__ = ["dns"]
SARAN = ("COMMUNE", "45302")
HOST = f"saran.{settings.PUBLIC_HOST}"


@pytest.fixture
def operator(db: None) -> User:
    return UserFactory(operator=True)


@pytest.fixture
def gone(saran: Municipality, operator: User) -> Municipality:
    """Saran opened, was renamed once, and is deleted."""
    return delete(opened(saran), operator)


def opened(city: Municipality) -> Municipality:
    Municipality.objects.filter(pk=city.pk).update(opened_at=None)
    with schema_context(city.schema_name):
        mark_open(municipality=city, at=timezone.now())
    return fresh(city)


def delete(city: Municipality, operator: User) -> Municipality:
    put(city, State.CLOSED, state_since=timezone.now() - timedelta(days=31))
    assert make(city, Transition.DELETE, operator, typed_slug=city.slug)
    return fresh(city)


def newcomer(slug: str, *, kind: str = "COMMUNE", code: str = "45169") -> Municipality:
    return reserve_municipality(WantedCity("Ingré", kind, code, slug), verified_at=timezone.now())


def released(host: str, operator: User) -> None:
    held = HostReservation.objects.get(host=host, released_at=None)
    reservations.release(reservation=held, operator=operator, reason="La commune a changé de nom.", at=timezone.now())


def held() -> dict[str, str]:
    found = HostReservation.objects.filter(released_at=None).order_by("host")
    return dict(found.values_list("host", "authority_code"))


# ── The slug ─────────────────────────────────────────────────────────────────


def test_nobody_else_gets_the_slug_of_a_city_that_opened(gone: Municipality) -> None:
    assert not Domain.objects.filter(domain=HOST).exists()
    assert held()[HOST] == "45302"
    with pytest.raises(SlugTaken) as refusal:
        newcomer("saran")
    assert isinstance(refusal.value.__cause__, reservations.HostReserved)
    assert not Municipality.objects.filter(slug="saran").exists()
    assert not deserves_certificate(HOST)


@pytest.mark.parametrize(
    ("kind", "code", "free"),
    [("COMMUNE", "45302", True), ("COMMUNE", "45169", False), ("DEPARTMENT", "45302", False), ("COMMUNE", "", False)],
)
def test_the_same_authority_gets_its_own_back(gone: Municipality, kind: str, code: str, free: bool) -> None:
    assert (why_not_free("saran", kind=kind, authority_code=code) == "") is free
    if free:
        assert newcomer("saran", kind=kind, code=code).service_host == HOST
    else:
        with pytest.raises(SlugTaken):
            newcomer("saran", kind=kind, code=code)


def test_a_city_without_a_code_is_known_by_itself_alone(saran: Municipality, operator: User) -> None:
    """Nothing would tell another place of the same name from it: an operator releases."""
    Municipality.objects.filter(pk=saran.pk).update(authority_code="")
    delete(opened(fresh(saran)), operator)
    with pytest.raises(SlugTaken):
        newcomer("saran", code="")
    released(HOST, operator)
    assert newcomer("saran", code="").service_host == HOST


def test_former_slugs_stay_too(saran: Municipality, operator: User) -> None:
    opened(saran)
    rename_slug(municipality=saran, slug="saran-loiret", actor=operator, by_city=False)
    delete(fresh(saran), operator)
    assert taken_among(["saran", "saran-loiret", "saran-45"]) == {"saran", "saran-loiret"}


def test_a_city_that_never_opened_leaves_its_slug_free_but_no_proof(
    saran: Municipality, operator: User, dns: NameServer
) -> None:
    """Its administrators may have had the alias written before they gave up."""
    Municipality.objects.filter(pk=saran.pk).update(opened_at=None)
    HostReservation.objects.all().delete()
    delete(fresh(saran), operator)
    city = newcomer("saran")
    assert held() == {}
    assert not alias_proves(city, WANTED)


def test_a_run_that_is_cancelled_leaves_nothing(db: None) -> None:
    city = newcomer("ingre")
    Municipality.objects.filter(pk=city.pk, ready_at=None).delete()
    assert why_not_free("ingre", kind="COMMUNE", authority_code="45169") == ""
    assert not HostReservation.objects.filter(host__startswith="ingre.").exists()


def test_every_way_to_a_slug_refuses_one_of_another_authority(
    gone: Municipality, brest: Municipality, operator: User, visit: Callable[..., Client], person: Any
) -> None:
    # The command.
    with pytest.raises(CommandError, match="prise"):
        call_command(
            "provision", authority="45169", name="Ingré", slug="saran", admin="a@ingre.example",
            stdout=StringIO(), stderr=StringIO(),
        )  # fmt: skip
    # The sign-up, with other addresses beside.
    client = visit(None)
    key = begin(client)
    with pytest.raises(AssertionError, match="déjà prise"):
        answer(client, key, platform={"slug": "saran"})
    # The desk and the operators.
    desk = visit(brest, person(city=brest, administrator=True))
    refusal = desk.post("/gestion/adresse/renommer/", {"slug": "SARAN", "understood": "on"})
    assert refusal.status_code == 422
    assert "<strong>ville-saran</strong>" in refusal.content.decode()
    ops = visit(None, operator)
    page = f"/ops/collectivites/{brest.pk}/adresses/renommer/"
    assert ops.post(page, {"slug": "saran", "understood": "on"}).status_code == 422
    assert fresh(brest).slug == "brest"


def test_the_authority_that_signs_up_again_is_offered_its_own(gone: Municipality, visit: Callable[..., Client]) -> None:
    client = visit(None)
    key = begin(client, "COMMUNE-45302")
    answer(client, key, platform={"slug": "saran"})
    assert not says(client.get(f"/inscription/{key}/depart/"), SlugTaken)


def test_alternatives_are_none_of_anothers_names(gone: Municipality) -> None:
    HostReservation.objects.create(
        host=f"ville-saran.{settings.PUBLIC_HOST}", schema_name="m_aaaaaaaaaa", kind="COMMUNE", authority_code="45302"
    )
    assert "ville-saran" not in free_alternatives("saran", department_code="45")
    assert "ville-saran" in free_alternatives("saran", kind="COMMUNE", authority_code="45302")


def test_the_names_that_the_register_gives_to_what_is_gone_are_nobodys(saran: Municipality, operator: User) -> None:
    name = f"supprimee-{saran.pk}"
    with pytest.raises(SlugTaken):
        newcomer(name)
    assert suggested_slug(name) == name
    delete(saran, operator)


# ── The domain ───────────────────────────────────────────────────────────────


def test_a_deleted_citys_domain_goes_to_nobody_else(
    saran: Municipality, brest: Municipality, operator: User, dns: NameServer
) -> None:
    """It still is an alias of the slug: whoever had that would get the domain, and a certificate."""
    delete(in_use(saran, dns), operator)
    assert held()[WANTED] == "45302"
    for typed in (WANTED, "CONSULTATION.Saran.FR."):
        with schema_context(brest.schema_name), pytest.raises(DomainReserved):
            domains.ask_for_domain(
                municipality=brest, domain=domain_from(typed), actor=UserFactory(), at=timezone.now()
            )
    # Asked for before it was the other's.
    Municipality.objects.filter(pk=brest.pk).update(wanted_domain=WANTED)
    note = brest.domain_checks.create(domain=WANTED)
    dns.says[(WANTED, "CNAME")] = [f"{brest.service_host}."]
    dns.says[(f"_territoires.{WANTED}", "TXT")] = [f'"territoires={note.token}"']
    with pytest.raises(DomainReserved):
        check(brest)
    assert fresh(brest).own_domain == ""
    assert not deserves_certificate(WANTED)


def test_a_domain_that_was_let_go_stays_the_authoritys(saran: Municipality, dns: NameServer, person: Any) -> None:
    in_use(saran, dns)
    with schema_context(saran.schema_name):
        domains.leave_domain(municipality=saran, actor=person(administrator=True))
        domains.forget_domain(municipality=saran, domain=WANTED, actor=None)
    assert WANTED in held()
    in_use(saran, dns)  # its own: the alias is proof enough


def test_the_next_owner_of_a_slug_does_not_get_the_domains_that_lead_there(
    saran: Municipality, brest: Municipality, operator: User, dns: NameServer
) -> None:
    """Even with both names released, and a domain that was never in use: the alias was written for the other."""
    host = saran.service_host
    delete(in_use(opened(saran), dns), operator)
    released(host, operator)
    released(WANTED, operator)
    rename_slug(municipality=brest, slug="saran", actor=operator, by_city=False)
    dns.says[("participez.saran.fr", "CNAME")] = [f"{host}."]
    for domain in (WANTED, "participez.saran.fr"):
        note = ask(brest, domain)
        finding = check(brest)
        assert finding.leads_here
        assert not finding.holds
        assert fresh(brest).own_domain == ""
        assert f"la ligne TXT à _territoires.{domain}" in said(finding, fresh(brest), domain)
    dns.says[("_territoires.participez.saran.fr", "TXT")] = [f'"territoires={note.token}"']
    assert check(brest).holds
    assert fresh(brest).own_domain == "participez.saran.fr"


def test_the_same_authority_gets_its_domain_back_with_the_text(
    saran: Municipality, operator: User, dns: NameServer, visit: Callable[..., Client], person: Any, brest: Municipality
) -> None:
    """Whoever signs up in its name is not known to speak for it yet: the alias alone would be theirs at once."""
    in_use(opened(saran), dns)
    delete(fresh(saran), operator)
    Municipality.objects.filter(pk=brest.pk).update(kind="COMMUNE", authority_code="45302")
    note = ask(fresh(brest))
    dns.says[(WANTED, "CNAME")] = [f"{brest.service_host}."]
    assert not check(fresh(brest)).holds
    page = visit(brest, person(city=brest, administrator=True)).get("/gestion/adresse/").content.decode()
    assert f"<code>_territoires.{WANTED}.</code>" in page
    assert "<code>_territoires.consultation</code>" in page
    assert "une autre plateforme" in page
    dns.says[(f"_territoires.{WANTED}", "TXT")] = [f'"territoires={note.token}"']
    assert check(fresh(brest)).holds


def test_a_name_within_anothers_domain_needs_the_text(
    saran: Municipality, brest: Municipality, dns: NameServer
) -> None:
    """`*.participe.saran.fr` may be an alias as a whole."""
    in_use(saran, dns, "participe.saran.fr")
    assert not alias_proves(brest, "x.participe.saran.fr")
    assert not alias_proves(brest, "a.b.participe.saran.fr")
    assert alias_proves(brest, "participe.brest.fr")
    assert alias_proves(saran, "x.participe.saran.fr")
    dns.says[("x.participe.saran.fr", "CNAME")] = [f"{brest.service_host}."]
    ask(brest, "x.participe.saran.fr")
    assert not check(brest).holds


def test_who_gives_a_host_up_and_who_takes_it_at_once_take_turns(real_db: str) -> None:
    """The newcomer's row waits for the other's transaction, and then sees what it has reserved."""
    saran = Municipality.objects.get(slug="saran")
    operator = UserFactory(operator=True)
    opened(saran)
    HostReservation.objects.all().delete()
    put(saran, State.CLOSED, state_since=timezone.now() - timedelta(days=31))

    def take() -> object:
        try:
            return newcomer("saran")
        except SlugTaken as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert make(saran, Transition.DELETE, operator, typed_slug="saran")
            taker = pool.submit(take)
            waits = (
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            for _try in range(200):
                with connection.cursor() as cursor:
                    cursor.execute(waits)
                    if cursor.fetchone()[0]:
                        break
                connection.ensure_connection()
        assert isinstance(taker.result(), SlugTaken)


# ── Operators ────────────────────────────────────────────────────────────────


@pytest.fixture
def ops(operator: User, visit: Callable[..., Client]) -> Client:
    return visit(None, operator)


def test_an_operator_releases_a_name_with_a_reason(gone: Municipality, ops: Client, operator: User) -> None:
    reservation = HostReservation.objects.get(host=HOST)
    page = ops.get("/ops/noms-reserves/?q=saran").content.decode()
    assert HOST in page
    address = f"/ops/noms-reserves/{reservation.pk}/liberer/"
    assert address in page
    with pytest.raises(reservations.ReasonMissing) as refusal:
        reservations.release(reservation=reservation, operator=operator, reason=" ", at=timezone.now())
    assert refusal.value.code == "release_reason_missing"
    refused = ops.post(address, {"reason": " "})
    assert refused.status_code == 422
    assert HOST in held()
    ops.post(address, {"reason": "Saran a rejoint une commune nouvelle."})
    ops.post(address, {"reason": "Encore."})
    assert HOST not in held()
    entry = AuditEntry.objects.get(action="host_released")
    assert entry.actor == operator
    assert entry.details == {"host": HOST, "reason": "Saran a rejoint une commune nouvelle."}
    assert "commune nouvelle" in ops.get("/ops/noms-reserves/").content.decode()
    assert newcomer("saran").service_host == HOST


def test_a_name_in_use_is_not_released(saran: Municipality, ops: Client) -> None:
    opened(saran)
    reservation = HostReservation.objects.get(host=HOST)
    address = f"/ops/noms-reserves/{reservation.pk}/liberer/"
    assert address not in ops.get("/ops/noms-reserves/").content.decode()
    assert (
        str(reservations.HostInUse.message) in ops.post(address, {"reason": "Pour voir."}, follow=True).content.decode()
    )
    assert HOST in held()


# ── What was before ──────────────────────────────────────────────────────────


def test_the_migrations_reserve_what_cities_have_and_had(
    saran: Municipality, brest: Municipality, operator: User
) -> None:
    Domain(domain=f"saran-hier.{settings.PUBLIC_HOST}", tenant=saran, is_primary=False).save()
    Domain(domain=WANTED, tenant=saran, is_primary=False).save()
    with schema_context(saran.schema_name):
        record("domain_in_use", actor=None, subject=saran, domain="avant.saran.fr")
    record("domain_in_use", actor=operator, subject=saran, domain="operateur.saran.fr")
    Municipality.objects.filter(pk=brest.pk).update(opened_at=None)
    Municipality.objects.filter(pk=saran.pk).update(opened_at=timezone.now())
    newcomer("ingre")
    gone = Municipality.objects.get(slug="ingre")
    run = ProvisioningRun.objects.create(
        authority_name="Ingré", authority_code="45169", slug="ingre", colour="#1d4a41", challenge_set="x",
        admin_email="a@ingre.example", municipality=gone,
    )  # fmt: skip
    Domain.objects.filter(tenant=gone).delete()
    Municipality.objects.filter(pk=gone.pk).update(
        state="DELETED", slug="supprimee-1", authority_code="", opened_at=timezone.now()
    )
    HostReservation.objects.all().delete()
    for app, name in (
        ("tenants", "0008_reserve_what_is_used"),
        ("onboarding", "0004_reserve_hosts_of_the_deleted"),
    ):
        migration = import_module(f"{app}.migrations.{name}")
        with connection.schema_editor() as editor:
            migration.reserve(apps, editor)
            migration.reserve(apps, editor)
    assert run.slug == "ingre"
    assert held() == {
        HOST: "45302",
        f"saran-hier.{settings.PUBLIC_HOST}": "45302",
        WANTED: "45302",
        "avant.saran.fr": "45302",
        "operateur.saran.fr": "45302",
        f"ingre.{settings.PUBLIC_HOST}": "45169",
    }
