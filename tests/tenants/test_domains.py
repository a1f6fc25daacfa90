"""A city's own domain: what may be asked for, what the DNS must say, and what happens then and later."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from common.models import OutboxMessage
from tenants import tasks
from tenants.domains import findings, services, watch
from tenants.domains.names import DomainRefused, DomainTaken, domain_from
from tenants.enums import LifecycleState
from tenants.models import Domain, DomainCheck, Municipality
from tenants.schema import grant_rights
from tests.accounts.factories import UserFactory
from tests.conftest import CityClient
from tests.names import NameServer, name_server

OURS, OURS6, FOREIGN = "203.0.113.10", "2001:db8::10", "198.51.100.7"
WANTED, BARE = "consultation.saran.fr", "saran-participe.fr"


@pytest.fixture
def dns(settings: Any) -> Iterator[NameServer]:
    with name_server() as server:
        settings.DNS_SERVERS = [server.address]
        settings.PUBLIC_ADDRESSES = []
        server.says[(settings.PUBLIC_HOST, "A")] = [OURS]
        server.says[(settings.PUBLIC_HOST, "AAAA")] = [OURS6]
        server.says[("saran.fr", "A")] = [FOREIGN]
        yield server


def ask(city: Municipality, domain: str = WANTED) -> DomainCheck:
    """Have a city ask for a domain; where its check is noted."""
    with schema_context(city.schema_name):
        services.ask_for_domain(
            municipality=city, domain=domain, actor=UserFactory(administrator=True), at=timezone.now()
        )
    return DomainCheck.objects.get(municipality=city, domain=domain)


def check(city: Municipality) -> Any:
    with schema_context(city.schema_name):
        return services.check_wanted(municipality=city, actor=None, at=timezone.now())


def fresh(city: Municipality) -> Municipality:
    return Municipality.objects.get(pk=city.pk)


def said(finding: findings.Finding, city: Municipality, domain: str = WANTED) -> str:
    sentences = findings.sentences(finding, domain=domain, service_host=city.service_host)
    return " ".join(sentence.text for sentence in sentences)


def mails(city: Municipality) -> list[dict[str, Any]]:
    with schema_context(city.schema_name):
        return [message.payload for message in OutboxMessage.objects.order_by("created_at", "pk")]


def trail(city: Municipality) -> list[str]:
    with schema_context(city.schema_name):
        return list(
            AuditEntry.objects.filter(action__startswith="domain_").order_by("pk").values_list("action", flat=True)
        )


def in_use(city: Municipality, dns: NameServer, domain: str = WANTED) -> Municipality:
    dns.says[(domain, "CNAME")] = [f"{city.service_host}."]
    ask(city, domain)
    assert check(city).holds
    return fresh(city)


# ── What was typed ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("consultation.saran.fr", "consultation.saran.fr"),
        ("  Consultation.SARAN.fr  ", "consultation.saran.fr"),
        ("https://consultation.saran.fr/", "consultation.saran.fr"),
        ("http://consultation.saran.fr:443/accueil?x=1#y", "consultation.saran.fr"),
        ("https:/consultation.saran.fr", "consultation.saran.fr"),
        ("consultation.saran.fr.", "consultation.saran.fr"),
        ("consultation.saran.fr/defis/ecologie/", "consultation.saran.fr"),
        ("concertation.orléans.fr", "concertation.xn--orlans-dva.fr"),
        ("concertation.XN--orlans-dva.fr", "concertation.xn--orlans-dva.fr"),
        ("consultation。saran．fr", "consultation.saran.fr"),
        ("saran.fr", "saran.fr"),
        ("participez.ville.saran.bzh", "participez.ville.saran.bzh"),
    ],
)
def test_a_domain_is_understood_as_people_paste_it(typed: str, meant: str) -> None:
    assert domain_from(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", ".", "saran", "localhost", "http://", "https:///x", "1.2.3.4", "[2001:db8::1]", "::1", "http://1.2.3.4:80/",
        "1.2.3", "saran.123", "*.saran.fr", "*", "maire@saran.fr", "saran .fr", "sa ran.fr", "-saran.fr", "saran-.fr",
        "saran..fr", "_x.saran.fr", "a" * 64 + ".fr", ".".join(["abcdefgh"] * 30) + ".fr", "xn--.fr", "xn--\u00e9.fr",
        "saran.localhost", "saran.local", "saran.internal", "saran.test", "saran.example", "saran.onion", "x.in-addr.arpa",
        "territoires.localhost", "brest.territoires.localhost", "x.saran.territoires.localhost", "<script>.fr",
        "saran.fr\nbrest.fr", "saran.fr\x00", "\u202esaran.fr",
    ],
)  # fmt: skip
def test_what_is_no_domain_of_ones_own_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(DomainRefused) as refusal:
        domain_from(typed)
    assert refusal.value.message


@override_settings(PUBLIC_HOST="app.territoires.fr")
@pytest.mark.parametrize("typed", ["app.territoires.fr", "brest.app.territoires.fr", "territoires.fr"])
def test_hosts_of_the_service_are_refused(typed: str) -> None:
    with pytest.raises(DomainRefused) as refusal:
        domain_from(typed)
    assert "appartient au service" in str(refusal.value.message)


# ── What the DNS must say ────────────────────────────────────────────────────


def test_an_alias_of_the_citys_own_host_is_enough(saran: Municipality, dns: NameServer) -> None:
    dns.says[(WANTED, "CNAME")] = [f"{saran.service_host}."]
    ask(saran)
    assert check(saran).holds
    assert fresh(saran).own_domain == WANTED


def test_a_chain_of_aliases_is_followed(saran: Municipality, dns: NameServer) -> None:
    dns.says[(WANTED, "CNAME")] = ["web.saran.fr."]
    dns.says[("web.saran.fr", "CNAME")] = [f"{saran.service_host.upper()}."]
    ask(saran)
    assert check(saran).holds


def test_aliases_that_go_round_in_a_circle_end(saran: Municipality, dns: NameServer) -> None:
    dns.says[(WANTED, "CNAME")] = ["a.saran.fr."]
    dns.says[("a.saran.fr", "CNAME")] = [f"{WANTED}."]
    ask(saran)
    assert not check(saran).holds


def test_an_alias_of_a_former_name_of_the_city_is_as_good(saran: Municipality, dns: NameServer) -> None:
    Domain(domain=f"saran-hier.{settings.PUBLIC_HOST}", tenant=saran, is_primary=False).save()
    dns.says[(WANTED, "CNAME")] = [f"saran-hier.{settings.PUBLIC_HOST}."]
    ask(saran)
    assert check(saran).holds


def test_a_domain_left_dangling_by_another_city_proves_nothing(
    saran: Municipality, brest: Municipality, dns: NameServer
) -> None:
    """Brest's name still leads to the service: Saran must not be able to take it."""
    dns.says[("consultation.brest.fr", "CNAME")] = [f"{brest.service_host}."]
    dns.says[(brest.service_host, "A")] = [OURS]
    ask(saran, "consultation.brest.fr")
    finding = check(saran)
    assert finding.leads_here
    assert not finding.holds
    assert fresh(saran).own_domain == ""
    text = said(finding, saran, "consultation.brest.fr")
    assert f"est un alias (CNAME) de {brest.service_host}" in text
    assert f"Il doit être un alias de {saran.service_host}" in text


def test_an_alias_of_the_public_host_proves_nothing(saran: Municipality, dns: NameServer) -> None:
    dns.says[(WANTED, "CNAME")] = [f"{settings.PUBLIC_HOST}."]
    ask(saran)
    assert not check(saran).holds


def test_an_address_alone_proves_nothing_with_the_text_it_does(saran: Municipality, dns: NameServer) -> None:
    dns.says[(BARE, "A")] = [OURS]
    note = ask(saran, BARE)
    finding = check(saran)
    assert finding.leads_here
    assert not finding.holds
    assert f"mène à nos serveurs ({OURS})" in said(finding, saran, BARE)
    assert f"la ligne TXT à _territoires.{BARE}" in said(finding, saran, BARE)

    dns.says[(f"_territoires.{BARE}", "TXT")] = ['"territoires=autre chose"']
    assert "son texte n’est pas celui" in said(check(saran), saran, BARE)
    dns.says[(f"_territoires.{BARE}", "TXT")] = ['"v=x"', f'"territoires={note.token[:9]}" "{note.token[9:]}"']
    assert check(saran).holds
    assert fresh(saran).own_domain == BARE


def test_another_citys_text_proves_nothing(saran: Municipality, brest: Municipality, dns: NameServer) -> None:
    dns.says[(BARE, "A")] = [OURS]
    others = ask(brest, BARE)
    ask(saran, BARE)
    dns.says[(f"_territoires.{BARE}", "TXT")] = [f'"territoires={others.token}"']
    assert not check(saran).holds
    assert check(brest).holds


def test_the_text_without_the_address_is_not_enough(saran: Municipality, dns: NameServer) -> None:
    note = ask(saran, BARE)
    dns.says[(f"_territoires.{BARE}", "TXT")] = [f'"territoires={note.token}"']
    dns.says[(BARE, "A")] = [FOREIGN]
    finding = check(saran)
    assert not finding.holds
    assert f"mène à {FOREIGN}, qui n’est pas à nous" in said(finding, saran, BARE)
    assert "est en place" in said(finding, saran, BARE)


def test_an_address_too_many_is_named(saran: Municipality, dns: NameServer) -> None:
    note = ask(saran, BARE)
    dns.says[(f"_territoires.{BARE}", "TXT")] = [f'"territoires={note.token}"']
    dns.says[(BARE, "A")] = [OURS]
    dns.says[(BARE, "AAAA")] = ["2001:db8::bad"]
    finding = check(saran)
    assert not finding.holds
    assert "Retirez 2001:db8::bad" in said(finding, saran, BARE)
    dns.says[(BARE, "AAAA")] = [OURS6]
    assert check(saran).holds


def test_what_does_not_exist_is_said(saran: Municipality, dns: NameServer) -> None:
    ask(saran)
    finding = check(saran)
    assert "n’existe pas encore" in said(finding, saran)
    assert not finding.exists


def test_a_name_that_leads_nowhere_is_said(saran: Municipality, dns: NameServer) -> None:
    dns.says[(WANTED, "MX")] = ["10 mail.saran.fr."]
    ask(saran)
    assert "ne mène nulle part" in said(check(saran), saran)


def test_silence_is_said_soon_and_changes_nothing(
    saran: Municipality, dns: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.clients._QUESTION_SECONDS", 0.2)
    ask(saran)
    dns.is_silent = True
    started = timezone.now()
    finding = check(saran)
    assert timezone.now() - started < timedelta(seconds=3)
    assert finding.silent
    assert "n’ont pas répondu" in said(finding, saran)
    assert fresh(saran).wanted_domain == WANTED


def test_the_services_addresses_can_be_told_by_a_setting(saran: Municipality, dns: NameServer, settings: Any) -> None:
    settings.PUBLIC_ADDRESSES = [FOREIGN]
    cache.clear()
    note = ask(saran, BARE)
    dns.says[(BARE, "A")] = [FOREIGN]
    dns.says[(f"_territoires.{BARE}", "TXT")] = [f'"territoires={note.token}"']
    assert check(saran).holds


# ── Having it, leaving it ────────────────────────────────────────────────────


def test_the_domain_becomes_the_one_address(saran: Municipality, dns: NameServer, visit: Callable[..., Client]) -> None:
    former = visit(saran)
    now = in_use(saran, dns)
    assert now.host == WANTED
    assert now.wanted_domain == ""
    assert [row.domain for row in now.domains.filter(is_primary=True)] == [WANTED]
    assert visit(now).get("/propositions/").status_code == 200
    moved = former.get("/propositions/?page=2")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"http://{WANTED}/propositions/?page=2")
    assert CityClient("web:8000").get("/tls/ask", {"domain": WANTED}).status_code == 200
    with override_settings(PUBLIC_SCHEME="https", PUBLIC_PORT=""):
        assert former.get("/").headers["Location"] == f"https://{WANTED}/"
    assert trail(saran) == ["domain_asked", "domain_in_use"]
    [told] = [mail for mail in mails(saran) if mail["to"] == "maire@saran.example"]
    assert f"http://{WANTED}/" in told["body"]
    assert "se reconnecter" in told["body"]


def test_sessions_do_not_travel_to_another_host(saran: Municipality, visit: Callable[..., Client], person: Any) -> None:
    """A cookie without a domain goes back to the very host that set it (RFC 6265): people sign in again."""
    client = visit(saran, person(administrator=True))
    assert client.get("/gestion/").status_code == 200
    assert not client.cookies[settings.SESSION_COOKIE_NAME]["domain"]


def test_a_domain_has_one_city(saran: Municipality, brest: Municipality, dns: NameServer) -> None:
    in_use(brest, dns)
    with pytest.raises(DomainTaken):
        ask(saran)
    assert fresh(saran).wanted_domain == ""


def test_of_two_cities_that_prove_it_at_once_the_database_lets_one_through(real_db: str, settings: Any) -> None:
    """Both hold the text: the domain of two authorities that merge, say."""
    with name_server() as server:
        settings.DNS_SERVERS, settings.PUBLIC_ADDRESSES = [server.address], [OURS]
        cities = list(Municipality.objects.order_by("slug"))
        server.says[(BARE, "A")] = [OURS]
        server.says[(f"_territoires.{BARE}", "TXT")] = [f'"territoires={ask(city, BARE).token}"' for city in cities]

        def prove(city: Municipality) -> str:
            try:
                check(city)
                return "moved in"
            except DomainTaken:
                return "refused"
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            outcomes = list(pool.map(prove, [*cities, *cities]))
    assert "moved in" in outcomes
    assert Municipality.objects.filter(own_domain=BARE).count() == 1
    assert Domain.objects.filter(domain=BARE).count() == 1
    [winner] = Municipality.objects.filter(own_domain=BARE)
    [loser] = Municipality.objects.exclude(pk=winner.pk)
    assert trail(winner) == ["domain_asked", "domain_in_use"]
    assert trail(loser) == ["domain_asked"]
    assert mails(loser) == []


def test_leaving_goes_back_and_the_domain_leads_there_until_it_is_let_go(
    saran: Municipality, dns: NameServer, visit: Callable[..., Client], person: Any
) -> None:
    admin = person(administrator=True)
    now = in_use(saran, dns)
    desk = visit(now, admin)
    answer = desk.post("/gestion/adresse/quitter/")
    assert f"http://{saran.service_host}/gestion/adresse/" in answer.content.decode()
    assert visit(saran).get("/propositions/").status_code == 200
    assert visit(now).get("/").headers["Location"] == f"http://{saran.service_host}/"

    desk = visit(saran, admin)
    assert WANTED in desk.get("/gestion/adresse/").content.decode()
    desk.post("/gestion/adresse/oublier/", {"domain": saran.service_host})  # not for letting go
    desk.post("/gestion/adresse/oublier/", {"domain": WANTED})
    assert visit(now).get("/").status_code == 404
    assert [row.domain for row in saran.domains.all()] == [saran.service_host]
    assert trail(saran) == ["domain_asked", "domain_in_use", "domain_left", "domain_forgotten"]


def test_nobody_lets_go_of_another_citys_domain(
    saran: Municipality, brest: Municipality, dns: NameServer, visit: Callable[..., Client], person: Any
) -> None:
    in_use(brest, dns, "consultation.brest.fr")
    with schema_context(brest.schema_name):
        services.leave_domain(municipality=brest, actor=UserFactory())
    desk = visit(saran, person(administrator=True))
    desk.post("/gestion/adresse/oublier/", {"domain": "consultation.brest.fr"})
    assert Domain.objects.filter(domain="consultation.brest.fr", tenant=brest).exists()


def test_one_domain_replaces_another_and_both_lead_there(
    saran: Municipality, dns: NameServer, visit: Callable[..., Client]
) -> None:
    in_use(saran, dns)
    now = in_use(fresh(saran), dns, "participez.saran.fr")
    assert now.own_domain == "participez.saran.fr"
    assert CityClient(WANTED).get("/x/").headers["Location"] == "http://participez.saran.fr/x/"


def test_asking_and_checking_twice_change_nothing_twice(saran: Municipality, dns: NameServer) -> None:
    in_use(saran, dns)
    assert check(saran) is None
    with pytest.raises(DomainRefused) as refusal:
        ask(saran)
    assert "déjà à cette adresse" in str(refusal.value.message)
    assert trail(saran).count("domain_in_use") == 1


# ── Pages ────────────────────────────────────────────────────────────────────


def test_the_desk_shows_each_step(
    saran: Municipality, dns: NameServer, visit: Callable[..., Client], person: Any
) -> None:
    desk = visit(saran, person(administrator=True))
    assert desk.post("/gestion/adresse/", {"domain": f"https://{WANTED}/"}).status_code == 302
    page = desk.get("/gestion/adresse/").content.decode()
    assert f"<code>{WANTED}.</code>" in page
    assert "<code>CNAME</code>" in page
    assert f"<code>{saran.service_host}.</code>" in page

    page = desk.post("/gestion/adresse/verifier/", follow=True).content.decode()
    assert "n’existe pas encore" in page
    dns.says[(WANTED, "CNAME")] = [f"{saran.service_host}."]
    answer = desk.post("/gestion/adresse/verifier/")
    page = answer.content.decode()
    assert f"http://{WANTED}/gestion/adresse/" in page
    assert "Reconnectez-vous" in page
    assert fresh(saran).own_domain == WANTED


def test_a_bare_domain_is_told_addresses_and_text(
    saran: Municipality, dns: NameServer, visit: Callable[..., Client], person: Any
) -> None:
    desk = visit(saran, person(administrator=True))
    desk.post("/gestion/adresse/", {"domain": BARE})
    page = desk.get("/gestion/adresse/").content.decode()
    token = DomainCheck.objects.get(domain=BARE).token
    for part in (OURS, OURS6, "AAAA", f"_territoires.{BARE}.", f"territoires={token}"):
        assert f"<code>{part}</code>" in page
    assert "CNAME" not in page


def test_an_accented_domain_is_shown_as_it_is_read(
    saran: Municipality, dns: NameServer, visit: Callable[..., Client], person: Any
) -> None:
    desk = visit(saran, person(administrator=True))
    desk.post("/gestion/adresse/", {"domain": "concertation.orléans.fr"})
    page = desk.get("/gestion/adresse/").content.decode()
    assert "<strong>concertation.orléans.fr</strong>" in page
    assert "<code>concertation.xn--orlans-dva.fr.</code>" in page


def test_a_refused_domain_stays_in_its_field(
    saran: Municipality, visit: Callable[..., Client], person: Any, brest: Municipality
) -> None:
    Domain(domain=WANTED, tenant=brest, is_primary=False).save()
    desk = visit(saran, person(administrator=True))
    for typed, says in (("*.saran.fr", "astérisque"), (WANTED, "autre plateforme"), ("", "obligatoire")):
        answer = desk.post("/gestion/adresse/", {"domain": typed})
        assert answer.status_code == 422
        assert says in answer.content.decode()
        assert typed in answer.content.decode()
    assert fresh(saran).wanted_domain == ""


def test_giving_up_forgets_what_was_asked(
    saran: Municipality, dns: NameServer, visit: Callable[..., Client], person: Any
) -> None:
    ask(saran)
    visit(saran, person(administrator=True)).post("/gestion/adresse/renoncer/")
    assert fresh(saran).wanted_domain == ""
    assert not DomainCheck.objects.filter(municipality=saran).exists()
    assert trail(saran) == ["domain_asked", "domain_given_up"]


def test_checking_is_rate_limited(
    saran: Municipality, dns: NameServer, visit: Callable[..., Client], person: Any
) -> None:
    ask(saran)
    desk = visit(saran, person(administrator=True))
    for _unused in range(20):
        desk.post("/gestion/adresse/verifier/")
    before = len(dns.asked)
    assert "Cela fait beaucoup en peu de temps" in desk.post("/gestion/adresse/verifier/", follow=True).content.decode()
    assert len(dns.asked) == before


@pytest.mark.parametrize("state", [LifecycleState.READ_ONLY, LifecycleState.SUSPENDED, LifecycleState.CLOSED])
def test_a_city_that_only_reads_still_changes_its_address(
    saran: Municipality, dns: NameServer, visit: Callable[..., Client], person: Any, state: str
) -> None:
    """The register is the service's to write; the trail and the mail are what such a city still writes."""
    admin = person(administrator=True)
    Municipality.objects.filter(pk=saran.pk).update(state=state)
    grant_rights(saran.schema_name, state=state)
    desk = visit(saran, admin)
    dns.says[(WANTED, "CNAME")] = [f"{saran.service_host}."]
    assert desk.post("/gestion/adresse/", {"domain": WANTED}).status_code == 302
    assert desk.post("/gestion/adresse/verifier/").status_code == 200
    assert fresh(saran).own_domain == WANTED
    assert visit(fresh(saran), admin).post("/gestion/adresse/quitter/").status_code == 200
    answer = desk.post("/gestion/adresse/renommer/", {"slug": "saran-loiret", "understood": "on"})
    assert answer.status_code == 200
    assert fresh(saran).slug == "saran-loiret"
    assert trail(saran) == ["domain_asked", "domain_in_use", "domain_left"]


def test_an_operator_does_it_for_a_city(saran: Municipality, dns: NameServer, visit: Callable[..., Client]) -> None:
    operator = UserFactory(operator=True)
    ops = visit(None, operator)
    page = f"/ops/collectivites/{saran.pk}/adresses/"
    ops.post(page, {"domain": WANTED})
    assert f"<code>{saran.service_host}.</code>" in ops.get(page).content.decode()
    dns.says[(WANTED, "CNAME")] = [f"{saran.service_host}."]
    assert WANTED in ops.post(f"{page}verifier/", follow=True).content.decode()
    assert fresh(saran).own_domain == WANTED
    assert AuditEntry.objects.get(action="domain_in_use").actor == operator
    assert [mail["to"] for mail in mails(saran)] == ["maire@saran.example"]
    ops.post(f"{page}quitter/")
    assert fresh(saran).own_domain == ""


# ── The clock ────────────────────────────────────────────────────────────────


def test_the_clock_finds_that_the_dns_is_right(saran: Municipality, dns: NameServer) -> None:
    note = ask(saran)
    watch.look_again(check_id=note.pk, at=timezone.now())
    assert fresh(saran).own_domain == ""
    dns.says[(WANTED, "CNAME")] = [f"{saran.service_host}."]
    with schema_context(saran.schema_name):
        tasks.check_domain(note.pk)
    assert fresh(saran).own_domain == WANTED
    with schema_context(saran.schema_name):
        assert AuditEntry.objects.get(action="domain_in_use").actor is None


def test_the_round_sends_each_domain_to_its_city(
    saran: Municipality, brest: Municipality, dns: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []
    monkeypatch.setattr(
        tasks.check_domain, "apply_async", lambda args, **kwargs: sent.append((connection.schema_name, args[0]))
    )
    asked, live = ask(saran), in_use(brest, dns, "consultation.brest.fr")
    note = DomainCheck.objects.get(municipality=live)
    assert tasks.check_domains() == 1
    assert sent == [(saran.schema_name, asked.pk)]
    DomainCheck.objects.filter(pk=note.pk).update(checked_at=timezone.now() - timedelta(hours=2))
    sent.clear()
    assert tasks.check_domains() == 2
    assert set(sent) == {(saran.schema_name, asked.pk), (brest.schema_name, note.pk)}


def test_the_clock_looks_more_and_more_rarely_then_stops(saran: Municipality, dns: NameServer) -> None:
    note, now = ask(saran), timezone.now()

    def due(asked_days_ago: int, checked_hours_ago: int) -> bool:
        DomainCheck.objects.filter(pk=note.pk).update(
            asked_at=now - timedelta(days=asked_days_ago), checked_at=now - timedelta(hours=checked_hours_ago)
        )
        return watch.due_checks(at=now).exists()

    assert due(1, 0)
    assert not due(3, 1)
    assert due(3, 7)
    assert not due(31, 100)


def test_a_domain_that_goes_wrong_is_told_once_and_nothing_is_cut(
    saran: Municipality, dns: NameServer, visit: Callable[..., Client], person: Any
) -> None:
    now = in_use(saran, dns)
    note = DomainCheck.objects.get(municipality=saran)
    before = len(mails(saran))
    start = timezone.now()

    def look(hours: int) -> None:
        watch.look_again(check_id=note.pk, at=start + timedelta(hours=hours))

    dns.is_silent = True
    look(1)
    assert DomainCheck.objects.get(pk=note.pk).wrong_since is None  # silence says nothing
    dns.is_silent = False
    dns.says.pop((WANTED, "CNAME"))
    dns.says[(WANTED, "A")] = [FOREIGN]
    look(2)
    assert len(mails(saran)) == before  # once may be an accident
    look(3)
    look(4)
    told = [mail for mail in mails(saran)[before:] if mail["to"] == "maire@saran.example"]
    assert len(told) == 1
    assert FOREIGN in told[0]["body"]
    assert trail(saran).count("domain_wrong") == 1
    assert visit(now).get("/propositions/").status_code == 200
    assert "ne mène plus ici" in visit(now, person(administrator=True)).get("/gestion/adresse/").content.decode()

    dns.says.pop((WANTED, "A"))
    dns.says[(WANTED, "CNAME")] = [f"{saran.service_host}."]
    look(5)
    assert "ne mène plus ici" not in visit(now, person(administrator=True)).get("/gestion/adresse/").content.decode()
    dns.says.pop((WANTED, "CNAME"))
    look(6)
    look(7)
    assert trail(saran).count("domain_wrong") == 2  # another time, another word


def test_a_former_domain_that_leads_elsewhere_for_a_month_is_let_go(saran: Municipality, dns: NameServer) -> None:
    in_use(saran, dns)
    with schema_context(saran.schema_name):
        services.leave_domain(municipality=saran, actor=UserFactory())
    note = DomainCheck.objects.get(municipality=saran)
    start = timezone.now()
    watch.look_again(check_id=note.pk, at=start + timedelta(days=100))
    assert Domain.objects.filter(domain=WANTED).exists()  # it leads here
    dns.says.pop((WANTED, "CNAME"))
    watch.look_again(check_id=note.pk, at=start + timedelta(days=101))
    assert Domain.objects.filter(domain=WANTED).exists()
    watch.look_again(check_id=note.pk, at=start + timedelta(days=132))
    assert not Domain.objects.filter(domain=WANTED).exists()
    assert trail(saran)[-1] == "domain_forgotten"
    assert "domain_wrong" not in trail(saran)
