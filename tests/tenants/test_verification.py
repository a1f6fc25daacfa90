"""What an address tells of an authority, and the proof by a mail to its domain."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from common.models import OutboxMessage
from tenants.models import KnownDomain, Municipality, VerificationRequest
from tenants.verification.by_mail import AnyonesDomain, LinkRefused
from tenants.verification.likeness import Likeness, domain_of, looks_like_authority
from tests.links import open_link, press_link

COMMUNE, GROUP, DEPARTMENT, REGION = "COMMUNE", "INTERCOMMUNALITY", "DEPARTMENT", "REGION"

OK = [
    # address, name, kind, code of the department
    ("dgs@saran.fr", "Saran", COMMUNE, "45"),
    ("DGS@SARAN.FR", "Saran", COMMUNE, "45"),
    ("accueil@ville-saran.fr", "Saran", COMMUNE, "45"),
    ("mairie@mairie-saran.fr", "SARAN", COMMUNE, "45"),
    ("maire@villedesaran.fr", "Saran", COMMUNE, "45"),
    ("maire@ville-de-saran.fr", "Ville de Saran", COMMUNE, "45"),
    ("maire@commune-saran.fr", "Saran", COMMUNE, ""),
    ("contact@saran45.fr", "Saran", COMMUNE, "45"),
    ("contact@saran.com", "Saran", COMMUNE, "45"),
    ("x@agents.saran.fr", "Saran", COMMUNE, "45"),
    ("x@mairie-brest.fr", "Brest", COMMUNE, "29"),
    ("x@brest.bzh", "Brest", COMMUNE, "29"),
    ("x@saintjeandebraye.fr", "Saint-Jean-de-Braye", COMMUNE, "45"),
    ("x@ville-saintjeandebraye.fr", "Saint-Jean-de-Braye", COMMUNE, "45"),
    ("x@st-jean-de-braye.fr", "Saint-Jean-de-Braye", COMMUNE, "45"),
    ("x@saint-denis.re", "Saint-Denis", COMMUNE, "974"),
    ("x@saintemarie.mq", "Sainte-Marie", COMMUNE, "972"),
    ("x@ville-stmarie.fr", "St Marie", COMMUNE, ""),
    ("x@lhaylesroses.fr", "L'Haÿ-les-Roses", COMMUNE, "94"),
    ("x@lemans.fr", "Le Mans", COMMUNE, "72"),
    ("x@villedumans.fr", "Le Mans", COMMUNE, "72"),
    ("x@larochesuryon.fr", "La Roche-sur-Yon", COMMUNE, "85"),
    ("x@ville-larochelle.fr", "La Rochelle", COMMUNE, "17"),
    ("x@mairie-de-la-rochelle.fr", "La Rochelle", COMMUNE, "17"),
    ("x@ivry94.fr", "Ivry-sur-Seine", COMMUNE, "94"),
    ("x@xn--orlans-dva.fr", "Orléans", COMMUNE, "45"),
    ("x@orléans.fr", "Orléans", COMMUNE, "45"),
    ("x@orleans.fr", "Orléans", COMMUNE, "45"),
    ("x@ville-orange.fr", "Orange", COMMUNE, "84"),
    ("x@oeuilly.fr", "Œuilly", COMMUNE, "51"),
    ("x@ajaccio.corsica", "Ajaccio", COMMUNE, "2A"),
    ("x@cc-duperche.fr", "CC du Perche", GROUP, "28"),
    ("x@ccperche.fr", "Communauté de communes du Perche", GROUP, "28"),
    ("x@paysdefalaise.fr", "CC du Pays de Falaise", GROUP, "14"),
    ("x@cc-paysdefalaise.fr", "CC du Pays de Falaise", GROUP, "14"),
    ("x@orleans-metropole.fr", "Orléans Métropole", GROUP, "45"),
    ("x@tulleagglo.fr", "CA Tulle Agglo", GROUP, "19"),
    ("x@agglo-tulle.fr", "CA Tulle Agglo", GROUP, "19"),
    ("x@ccdh.fr", "CC le Dourdannais en Hurepoix (CCDH)", GROUP, "91"),
    ("x@loiret.fr", "Loiret", DEPARTMENT, "45"),
    ("x@departement45.fr", "Loiret", DEPARTMENT, "45"),
    ("x@departement-du-loiret.fr", "Département du Loiret", DEPARTMENT, "45"),
    ("x@cotesdarmor.fr", "Côtes-d'Armor", DEPARTMENT, "22"),
    ("x@hauts-de-seine.fr", "Hauts-de-Seine", DEPARTMENT, "92"),
    ("x@bretagne.bzh", "Bretagne", REGION, ""),
    ("x@region-bretagne.fr", "Région Bretagne", REGION, ""),
    ("x@paysdelaloire.fr", "Pays de la Loire", REGION, ""),
]
WEBMAIL = [
    "mairie.saran@orange.fr", "saran@wanadoo.fr", "maire@GMAIL.com", "dgs@free.fr", "x@sfr.fr", "x@laposte.net",
    "x@hotmail.fr", "x@outlook.com", "x@yahoo.fr", "x@icloud.com", "x@proton.me", "x@gmx.fr", "x@live.fr",
    "x@neuf.fr", "x@bbox.fr", "x@numericable.fr", "x@aol.com", "x@club-internet.fr", "x@pro.orange.fr",
]  # fmt: skip
OTHER = [
    ("x@saran-mairie-officiel.com", "Saran", COMMUNE, "45"),
    ("x@ville-saran.com", "Saran", COMMUNE, "45"),
    ("x@saran.info", "Saran", COMMUNE, "45"),
    ("x@saran.fr.example.com", "Saran", COMMUNE, "45"),
    ("x@saran.example.fr", "Saran", COMMUNE, "45"),
    ("x@saran.asso.fr", "Saran", COMMUNE, "45"),
    ("x@saran.gouv.fr", "Saran", COMMUNE, "45"),
    ("x@saran46.fr", "Saran", COMMUNE, "45"),
    ("x@saran45.fr", "Saran", COMMUNE, ""),
    ("x@saran-officiel.fr", "Saran", COMMUNE, "45"),
    ("x@mon-saran.fr", "Saran", COMMUNE, "45"),
    ("x@sar-an.fr", "Saran", COMMUNE, "45"),
    ("x@sarran.fr", "Saran", COMMUNE, "45"),
    ("x@5aran.fr", "Saran", COMMUNE, "45"),
    ("x@sàran.fr", "Saran", COMMUNE, "45"),
    ("x@ѕaran.fr", "Saran", COMMUNE, "45"),  # a Cyrillic s
    ("x@ville.fr", "Saran", COMMUNE, "45"),
    ("x@mairie.fr", "Saran", COMMUNE, "45"),
    ("x@gmai1.com", "Saran", COMMUNE, "45"),
    ("x@orleans-metropole.fr", "Orléans", COMMUNE, "45"),
    ("x@tulle.fr", "CA Tulle Agglo", GROUP, "19"),
    ("x@marcigny.fr", "CC de Marcigny", GROUP, "71"),
    ("x@departement45.fr", "Loir-et-Cher", DEPARTMENT, "41"),
    ("x@departement45.fr", "Loiret", DEPARTMENT, ""),
    ("x@denis.fr", "Saint-Denis", COMMUNE, "93"),
    ("x@roche.fr", "La Roche-sur-Yon", COMMUNE, "85"),
    ("saran.fr", "Saran", COMMUNE, "45"),
    ("x@saran", "Saran", COMMUNE, "45"),
    ("x@", "Saran", COMMUNE, "45"),
    ("", "Saran", COMMUNE, "45"),
    ("x@.fr", "Saran", COMMUNE, "45"),
    ("x@fr.fr", "", COMMUNE, ""),
    ("x@ville.fr", "Ville", "?", ""),
    ("x@evil.fr", ".*", COMMUNE, ""),
]


@pytest.mark.parametrize(("email", "name", "kind", "code"), OK)
def test_a_domain_that_bears_the_authoritys_name(email: str, name: str, kind: str, code: str) -> None:
    assert looks_like_authority(email, name=name, kind=kind, department_code=code) is Likeness.OK


@pytest.mark.parametrize("email", WEBMAIL)
def test_a_mailbox_that_anyone_can_open(email: str) -> None:
    assert looks_like_authority(email, name="Saran", kind=COMMUNE) is Likeness.WEBMAIL
    assert looks_like_authority(email, name="Orange", kind=COMMUNE) is Likeness.WEBMAIL


@pytest.mark.parametrize(("email", "name", "kind", "code"), OTHER)
def test_any_doubt_is_another_domain(email: str, name: str, kind: str, code: str) -> None:
    assert looks_like_authority(email, name=name, kind=kind, department_code=code) is Likeness.OTHER_DOMAIN


def test_the_departments_name_must_be_the_right_one() -> None:
    def likeness(department: str) -> Likeness:
        return looks_like_authority("x@saran-loiret.fr", name="Saran", kind=COMMUNE, department_name=department)

    assert likeness("Loiret") is Likeness.OK
    assert likeness("Corrèze") is Likeness.OTHER_DOMAIN


def test_what_is_noted_of_an_address_names_nobody() -> None:
    assert domain_of("Camille.Martin@agents.Saran.FR.") == "agents.saran.fr"
    assert domain_of("maire@orléans.fr") == "xn--orlans-dva.fr"


# ── The proof by mail ────────────────────────────────────────────────────────


@pytest.fixture
def unverified(saran: Municipality) -> Municipality:
    Municipality.objects.filter(pk=saran.pk).update(verified_at=None, department_code="45")
    saran.refresh_from_db()
    return saran


def mails(city: Municipality) -> list[dict[str, Any]]:
    with schema_context(city.schema_name):
        found = OutboxMessage.objects.filter(task="accounts.tasks.send_mail").order_by("created_at", "pk")
        return [message.payload for message in found]


def link_in(mail: dict[str, Any]) -> str:
    found = re.search(r"https?://[^/]+(/gestion/verification/\S+)", mail["body"])
    assert found
    return found[1]


def entries(city: Municipality) -> list[tuple[str, dict[str, Any]]]:
    with schema_context(city.schema_name):
        return list(AuditEntry.objects.order_by("pk").values_list("action", "details"))


def verified_at(city: Municipality) -> Any:
    return Municipality.objects.get(pk=city.pk).verified_at


def vouched(visit: Callable[..., Client], city: Municipality, admin: Any, email: str) -> str:
    """An administrator has a link sent, somebody presses its button; the page that says so."""
    visit(city, admin).post("/gestion/verification/", {"email": email})
    page: str = press_link(visit(city), link_in(mails(city)[-1])).content.decode()
    return page


def test_a_mail_that_is_answered_is_evidence_for_an_operator(
    visit: Callable[..., Client], unverified: Municipality, person: Any
) -> None:
    """A domain that looks right may have been bought this morning."""
    admin = person(administrator=True)
    desk = visit(unverified, admin)
    answer = desk.post("/gestion/verification/", {"email": "secretariat@ville-saran.re"}, follow=True)
    assert "secretariat@ville-saran.re" in answer.content.decode()
    [mail] = mails(unverified)
    assert mail["to"] == "secretariat@ville-saran.re"

    reader = visit(unverified)
    page = open_link(reader, link_in(mail))
    assert page.status_code == 200
    assert admin.email in page.content.decode()
    assert not VerificationRequest.objects.exists()  # a mail program that follows links vouches for nobody

    assert "c’est noté" in press_link(reader, link_in(mail)).content.decode()
    press_link(reader, link_in(mail))
    assert verified_at(unverified) is None
    asked = VerificationRequest.objects.get()
    assert (asked.asker_email, asked.vouched_domain) == (admin.email, "ville-saran.re")
    assert ("authority_vouched_for", {"domain": "ville-saran.re"}) in entries(unverified)
    assert "secretariat" not in str(entries(unverified))
    assert "ville-saran.re" in desk.get("/gestion/verification/").content.decode()
    told = OutboxMessage.objects.get(task="accounts.tasks.send_mail").payload
    assert told["to"] == settings.SERVICE_EMAIL
    assert "http://territoires.localhost/ops/verifications/" in told["body"]


def test_a_mail_to_a_known_domain_verifies_at_once(
    visit: Callable[..., Client], unverified: Municipality, brest: Municipality, person: Any
) -> None:
    KnownDomain.objects.create(domain="saran.fr", kind="COMMUNE", authority_code="45302", source="service-public.fr")
    Municipality.objects.filter(pk=brest.pk).update(verified_at=None)
    vouched(visit, brest, person(city=brest, administrator=True), "maire@saran.fr")
    assert verified_at(brest) is None  # it is another's
    admin = person(administrator=True)
    assert "c’est fait" in vouched(visit, unverified, admin, "dgs@saran.fr")
    assert verified_at(unverified) is not None
    asked = VerificationRequest.objects.get(municipality=unverified)
    assert (asked.accepted, asked.decided_by) == (True, None)
    assert "Il ne reste rien à faire" in visit(unverified, admin).get("/gestion/verification/").content.decode()


@pytest.mark.parametrize(
    ("email", "says"),
    [
        ("", "obligatoire"),
        ("pas une adresse", "adresse"),
        ("saran@orange.fr", str(AnyonesDomain.message)),
        ("x" * 300 + "@saran.fr", "caractères"),
    ],
)
def test_an_address_that_proves_nothing_is_refused_kindly(
    visit: Callable[..., Client], unverified: Municipality, person: Any, email: str, says: str
) -> None:
    answer = visit(unverified, person(administrator=True)).post("/gestion/verification/", {"email": email})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert email in answer.content.decode()
    assert mails(unverified) == []


def test_links_are_not_sent_without_end(visit: Callable[..., Client], unverified: Municipality, person: Any) -> None:
    desk = visit(unverified, person(administrator=True))
    answers = [desk.post("/gestion/verification/", {"email": f"a{n}@saran.fr"}).status_code for n in range(7)]
    assert answers == [302] * 5 + [422] * 2
    assert len(mails(unverified)) == 5


def test_a_link_is_good_for_a_week_and_for_its_own_city(
    visit: Callable[..., Client], unverified: Municipality, brest: Municipality, person: Any, monkeypatch: Any
) -> None:
    visit(unverified, person(administrator=True)).post("/gestion/verification/", {"email": "dgs@saran.fr"})
    link = link_in(mails(unverified)[0])
    assert press_link(visit(brest), link).status_code == LinkRefused.status == 410
    assert LinkRefused.code == "verification_link_refused"
    assert press_link(visit(unverified), link[:-2] + "x/").status_code == 410
    week = timezone.now().timestamp() + timedelta(days=7, minutes=1).total_seconds()
    with monkeypatch.context() as later:
        later.setattr(signing.time, "time", lambda: week)
        assert open_link(visit(unverified), link).status_code == 410
        assert press_link(visit(unverified), link).status_code == 410
    assert verified_at(unverified) is None
    assert open_link(visit(unverified), link).status_code == 200


def test_a_token_made_for_something_else_verifies_nothing(
    visit: Callable[..., Client], unverified: Municipality, person: Any
) -> None:
    admin = person(administrator=True)
    said = {"city": unverified.schema_name, "by": admin.pk, "domain": "saran.fr"}
    token = signing.dumps(said, salt="onboarding.confirm")
    assert press_link(visit(unverified), f"/gestion/verification/{token}/").status_code == 410
    assert verified_at(unverified) is None
