"""From a form to a living platform: nothing before the address is confirmed, one city however often."""

import re
from collections.abc import Callable
from io import BytesIO
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from django_tenants.utils import schema_context
from PIL import Image

from accounts.models import AuditEntry, User
from common.models import OutboxMessage
from consultations.framing.models import Challenge, Consultation
from consultations.library.models import ChallengeSet, ChallengeTemplate
from onboarding import provisioning
from onboarding.enums import RunState
from onboarding.models import ProvisioningRun, SignUp
from onboarding.services import sign_ups as services
from tenants.models import KnownDomain, Municipality, VerificationRequest
from tests.links import open_link, press_link
from tests.onboarding.signing_up import CHALLENGES, CODES, KEY, PLATFORM, YOU, answer, begin, link, sign_up

pytestmark = pytest.mark.usefixtures("no_broker")


def test_the_whole_story(real_db: str, visit: Callable[..., Client]) -> None:
    visitor = visit(None)
    key = begin(visitor)
    # Reworded, one left out, in another order.
    answer(
        visitor, key, challenges={"order": "sante,ecologie,travail,citoyennete,solidarite,societe", "take-travail": ""}
    )
    page = visitor.get(f"/inscription/{key}/depart/").content.decode()
    for said in ("Ingré", "dgs@ville-ingre.fr", "ingre.", "Santé, Écologie", "3\u202f400\u00a0€"):
        assert said in page
    sent = visitor.post(f"/inscription/{key}/depart/")
    assert sent.headers["Location"] == "/inscription/verifiez-vos-messages/"
    assert b"dgs@ville-ingre.fr" in visitor.get("/inscription/verifiez-vos-messages/").content
    assert not Municipality.objects.filter(slug="ingre").exists()
    assert not ProvisioningRun.objects.filter(slug="ingre").exists()

    confirm = link()
    assert open_link(visitor, confirm).status_code == 200  # reading the link starts nothing
    assert not ProvisioningRun.objects.filter(slug="ingre").exists()
    progress = press_link(visitor, confirm).headers["Location"]
    assert visitor.get(progress).status_code == 200
    run = provisioning.advance(ProvisioningRun.objects.get(slug="ingre").pk)
    assert run is not None
    assert run.state == RunState.DONE

    page = visitor.get(progress).content.decode()
    enter = re.search(r'action="(/inscription/mise-en-service/[^"]+/entrer/)"', page)
    assert enter
    into = visitor.post(enter[1]).headers["Location"]
    city = Municipality.objects.get(slug="ingre")
    assert into.startswith(city.url + "connexion/lien/")
    administrator = visit(city)
    press_link(administrator, "/" + into.removeprefix(city.url))
    assert administrator.get("/gestion/").status_code == 200
    assert (city.siren, city.population, city.department_code, city.colour) == ("214501694", 10062, "45", "#2f5fb3")
    assert city.verified_at is None  # the address bears the town's name: so does whatever somebody bought
    waiting = VerificationRequest.objects.get(municipality=city)
    assert (waiting.asker_email, waiting.decided_at) == ("dgs@ville-ingre.fr", None)
    assert not city.is_open
    with schema_context(city.schema_name):
        kept = [(each.slug, each.question) for each in Challenge.objects.order_by("position")]
        assert kept[0] == ("sante", "Comment faire avancer sante ici ?")
        assert [code for code, _question in kept] == ["sante", "ecologie", "citoyennete", "solidarite", "societe"]
        assert Consultation.objects.get().title == "Ingré, le jour d’après"


@pytest.mark.parametrize(
    ("page", "changes"),
    [
        *(("vous", {name: ""}) for name in ("contact_name", "contact_role", "email", "terms")),
        ("vous", {"email": "pas une adresse"}),
        ("vous", {"contact_name": "x" * 500}),
        ("vous", {"contact_name": "\u200b\u200b\u200b"}),
        ("defis", {f"take-{code}": "" for code in CODES}),
        ("defis", {"question-ecologie": "Court"}),
        ("defis", {"question-ecologie": "x" * 201}),
        *(("plateforme", {name: ""}) for name in ("slug", "title", "colour", "opens_on", "closes_on")),
        ("plateforme", {"slug": "Ingré"}),
        ("plateforme", {"slug": "-ingre"}),
        ("plateforme", {"slug": "a" * 41}),
        ("plateforme", {"slug": "xn--ingr-epa"}),
        ("plateforme", {"slug": "иngre"}),
        ("plateforme", {"slug": "www"}),
        ("plateforme", {"slug": "adm1n"}),
        ("plateforme", {"slug": "saran"}),
        ("plateforme", {"colour": "rouge"}),
        ("plateforme", {"opens_on": "2020-01-01"}),
        ("plateforme", {"opens_on": "9999-12-31", "closes_on": "9999-12-31"}),
        ("plateforme", {"closes_on": PLATFORM["opens_on"]}),
        ("plateforme", {"closes_on": "demain"}),
    ],
)
def test_a_wrong_answer_gets_a_sentence_and_keeps_the_others(
    visit: Callable[..., Client], db: None, page: str, changes: dict[str, str]
) -> None:
    visitor = visit(None)
    key = begin(visitor)
    answers = {"vous": YOU, "defis": CHALLENGES, "plateforme": PLATFORM}
    for before, given in answers.items():
        if before == page:
            break
        visitor.post(f"/inscription/{key}/{before}/", given)
    response = visitor.post(f"/inscription/{key}/{page}/", {**answers[page], **changes})
    content = response.content.decode()
    assert response.status_code == 422
    assert "form-errors" in content
    typed = [value for name, value in answers[page].items() if name not in changes and len(value) > 8]
    assert typed
    assert all(escape(value) in content for value in typed if value not in CHALLENGES["order"])
    assert not OutboxMessage.objects.exists()
    # The step is not done: the next one leads back to it.
    assert f"/{page}/" in visitor.get(f"/inscription/{key}/depart/").headers["Location"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "x" * 200},
        {"kind": "EMPIRE"},
        {"siren": "123"},
        {"siren": "214503022"},
        {"siren": "552100554"},  # a company's
        {"siren": "931304075"},  # that of a commune nouvelle: this is a group
    ],
)
def test_an_authority_typed_by_hand_is_looked_at(
    visit: Callable[..., Client], db: None, changes: dict[str, str]
) -> None:
    answers = {"name": "Syndicat du Loing", "kind": "INTERCOMMUNALITY", "siren": "", "website": ""}
    assert visit(None).post("/inscription/", {**answers, **changes}).status_code == 422
    assert not SignUp.objects.exists()


def test_a_commune_nouvelle_may_have_a_siren_that_begins_with_a_9(visit: Callable[..., Client], db: None) -> None:
    answers = {"name": "Haut Valromey", "kind": "COMMUNE", "siren": "931 304 075", "website": ""}
    assert visit(None).post("/inscription/", answers).status_code == 302
    assert SignUp.objects.get().siren == "931304075"


def test_an_authority_that_is_not_listed_goes_on_and_waits_for_an_operator(
    visit: Callable[..., Client], db: None
) -> None:
    visitor = visit(None)
    answers = {"name": "Syndicat du Loing & Cie", "kind": "INTERCOMMUNALITY", "siren": "", "website": ""}
    found = KEY.search(visitor.post("/inscription/", answers).headers["Location"])
    assert found
    answer(visitor, found[1], platform={"slug": "loing-et-cie"})
    page = visitor.get(f"/inscription/{found[1]}/depart/").content.decode()
    assert "pas dans notre annuaire" in page
    assert "Loing &amp; Cie" in page
    assert SignUp.objects.get().to_verify == "NOT_LISTED"


@pytest.mark.parametrize(
    ("email", "to_verify"),
    [
        ("dgs@ville-ingre.fr", "LIKELY"),
        ("maire@ingre.eu", "LIKELY"),
        ("dgs@ville-ingre.re", "LIKELY"),
        ("ingre.mairie@wanadoo.fr", "WEBMAIL"),
        ("c.martin@conseil-web.com", "OTHER_DOMAIN"),
    ],
)
def test_an_address_proves_nothing_whatever_its_domain_and_is_accepted(
    visit: Callable[..., Client], db: None, email: str, to_verify: str
) -> None:
    visitor = visit(None)
    key = begin(visitor)
    answer(visitor, key, you={"email": email})
    visitor.post(f"/inscription/{key}/depart/")
    press_link(visitor, link())
    assert SignUp.objects.get().to_verify == to_verify
    assert not ProvisioningRun.objects.get(sign_up__pk=key).verified


@pytest.mark.parametrize(
    ("email", "authority", "verified"),
    [
        ("DGS@mairie-ingre.fr", "COMMUNE-45169", True),
        ("dgs@mairie-ingre.fr", "COMMUNE-45155", False),
        ("dgs@agents.mairie-ingre.fr", "COMMUNE-45169", False),
        ("dgs@mairie-ingre.fr.example.org", "COMMUNE-45169", False),
        ("dgs@ville-ingre.fr", "COMMUNE-45169", False),
    ],
)
def test_only_a_domain_known_beforehand_verifies_by_itself(
    visit: Callable[..., Client], db: None, email: str, authority: str, verified: bool
) -> None:
    visitor = visit(None)
    key = begin(visitor, authority)
    answer(visitor, key, you={"email": email}, platform={"slug": "notre-ville"})
    # Known since the answers were given.
    KnownDomain.objects.create(
        domain="mairie-ingre.fr", kind="COMMUNE", authority_code="45169", source="service-public.fr"
    )
    visitor.post(f"/inscription/{key}/depart/")
    press_link(visitor, link())
    assert ProvisioningRun.objects.get(sign_up__pk=key).verified is verified


def test_what_was_accepted_is_kept_with_its_version_and_moment(visit: Callable[..., Client], db: None) -> None:
    visitor = visit(None)
    answer(visitor, begin(visitor))
    asked = SignUp.objects.get()
    assert (asked.terms_version, asked.agreement_version) == (services.TERMS_VERSION, services.AGREEMENT_VERSION)
    assert asked.accepted_at is not None
    entry = AuditEntry.objects.get(action="terms_accepted")
    assert entry.details == {"terms": services.TERMS_VERSION, "agreement": services.AGREEMENT_VERSION}
    page = visitor.get("/conditions/").content.decode()
    assert services.TERMS_VERSION in page


def test_a_taken_address_is_met_with_free_ones_and_pressing_one_goes_on(visit: Callable[..., Client], db: None) -> None:
    visitor = visit(None)
    key = begin(visitor)
    visitor.post(f"/inscription/{key}/vous/", YOU)
    visitor.post(f"/inscription/{key}/defis/", CHALLENGES)
    page = visitor.post(f"/inscription/{key}/plateforme/", {**PLATFORM, "slug": "saran"}).content.decode()
    free = re.findall(r'name="slug" value="(saran-[a-z0-9-]+)"', page)
    assert "saran-45" in free
    # The button comes after the field of the same name.
    pressed = {**PLATFORM, "slug": ["saran", "saran-45"]}
    assert visitor.post(f"/inscription/{key}/plateforme/", pressed).status_code == 302
    assert SignUp.objects.get().slug == "saran-45"


def test_an_address_taken_meanwhile_is_said_before_and_after_the_link(visit: Callable[..., Client], db: None) -> None:
    visitor = visit(None)
    key = sign_up(visitor)
    Municipality.objects.filter(slug="brest").update(slug="ingre")
    # The link proves the address, and leads to what must be changed.
    assert press_link(visitor, link()).headers["Location"] == f"/inscription/{key}/depart/"
    assert "prise entre-temps" in visitor.get(f"/inscription/{key}/depart/").content.decode()
    assert not ProvisioningRun.objects.filter(slug="ingre").exists()
    visitor.post(f"/inscription/{key}/plateforme/", {**PLATFORM, "slug": "ingre-45"})
    # No second mail: it starts.
    assert "/mise-en-service/" in visitor.post(f"/inscription/{key}/depart/").headers["Location"]
    assert ProvisioningRun.objects.get(sign_up__pk=key).slug == "ingre-45"


def test_challenges_move_without_a_script_and_nothing_typed_is_lost(visit: Callable[..., Client], db: None) -> None:
    visitor = visit(None)
    key = begin(visitor)
    visitor.post(f"/inscription/{key}/vous/", YOU)
    typed = {
        **CHALLENGES,
        "question-travail": "Comment garder nos artisans ici ?",
        "take-sante": "",
        "move": "up:travail",
    }
    response = visitor.post(f"/inscription/{key}/defis/", typed)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="travail,ecologie,citoyennete,solidarite,sante,societe"' in page
    assert "Comment garder nos artisans ici ?" in page
    assert re.search(r'id="id_take-sante"(?![^>]*checked)', page)
    assert not SignUp.objects.get().challenges


@pytest.mark.parametrize("wish", ["up:ecologie", "down:societe", "up:inconnu", "sideways", "up:" + "x" * 3000])
def test_an_odd_move_moves_nothing(visit: Callable[..., Client], db: None, wish: str) -> None:
    visitor = visit(None)
    key = begin(visitor)
    visitor.post(f"/inscription/{key}/vous/", YOU)
    page = visitor.post(f"/inscription/{key}/defis/", {**CHALLENGES, "move": wish}).content.decode()
    assert f'value="{",".join(CODES)}"' in page


def picture(kind: str = "PNG") -> SimpleUploadedFile:
    kept = BytesIO()
    Image.new("RGB", (60, 40), "#c0392b").save(kept, kind)
    return SimpleUploadedFile("logo.bin", kept.getvalue())


def test_a_logo_is_kept_although_another_answer_is_refused(visit: Callable[..., Client], db: None) -> None:
    visitor = visit(None)
    key = begin(visitor)
    visitor.post(f"/inscription/{key}/vous/", YOU)
    visitor.post(f"/inscription/{key}/defis/", CHALLENGES)
    refused = visitor.post(f"/inscription/{key}/plateforme/", {**PLATFORM, "slug": "www", "logo": picture("JPEG")})
    assert refused.status_code == 422
    shown = visitor.get(f"/inscription/{key}/logo.png")
    assert shown.content.startswith(b"\x89PNG")
    assert visit(None).get(f"/inscription/{key}/logo.png").status_code == 404
    visitor.post(f"/inscription/{key}/plateforme/", {**PLATFORM, "forget_logo": "on"})
    assert visitor.get(f"/inscription/{key}/logo.png").status_code == 404


@pytest.mark.parametrize(
    "content", [b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", b"PK\x03\x04zip", b"GIF"]
)
def test_what_is_no_picture_is_refused_with_a_sentence(visit: Callable[..., Client], db: None, content: bytes) -> None:
    visitor = visit(None)
    key = begin(visitor)
    visitor.post(f"/inscription/{key}/vous/", YOU)
    visitor.post(f"/inscription/{key}/defis/", CHALLENGES)
    sent = {**PLATFORM, "logo": SimpleUploadedFile("logo.png", content, "image/png")}
    assert visitor.post(f"/inscription/{key}/plateforme/", sent).status_code == 422
    assert SignUp.objects.get().logo is None


# ── Leaving, coming back, two tabs ───────────────────────────────────────────


def test_it_is_resumed_from_another_device_by_a_link(visit: Callable[..., Client], db: None) -> None:
    visitor = visit(None)
    key = begin(visitor)
    visitor.post(f"/inscription/{key}/vous/", YOU)
    visitor.post(f"/inscription/{key}/plus-tard/", {"email": "camille@maison.example"})
    resume, elsewhere = link("reprendre"), visit(None)
    assert elsewhere.get(f"/inscription/{key}/defis/").status_code == 404
    assert "Ingré" in open_link(elsewhere, resume).content.decode()
    assert elsewhere.get(f"/inscription/{key}/defis/").status_code == 404  # a mail program that follows links
    assert press_link(elsewhere, resume).headers["Location"] == f"/inscription/{key}/defis/"
    assert "Camille Martin" in elsewhere.get(f"/inscription/{key}/vous/").content.decode()


def test_a_link_to_resume_starts_nothing(visit: Callable[..., Client], db: None) -> None:
    visitor = visit(None)
    key = begin(visitor)
    visitor.post(f"/inscription/{key}/plus-tard/", {"email": "camille@maison.example"})
    token = link("reprendre").split("/")[3]
    assert press_link(visitor, f"/inscription/confirmer/{token}/").status_code == 410
    assert open_link(visitor, "/inscription/reprendre/forged/").status_code == 410


def test_two_tabs_are_two_sign_ups(visit: Callable[..., Client], db: None) -> None:
    visitor = visit(None)
    first, second = begin(visitor), begin(visitor, "COMMUNE-45234")
    visitor.post(f"/inscription/{first}/vous/", YOU)
    assert SignUp.objects.get(pk=second).email == ""
    assert SignUp.objects.get(pk=first).authority_name == "Ingré"


def test_going_back_to_another_authority_keeps_the_rest(visit: Callable[..., Client], db: None) -> None:
    visitor = visit(None)
    key = begin(visitor)
    answer(visitor, key)
    visitor.post(f"/inscription/{key}/collectivite/", {"collectivite": "COMMUNE-45234"})
    asked = SignUp.objects.get()
    assert (asked.authority_name, asked.contact_name) == ("Orléans", "Camille Martin")
    # Proposed from the former name; and the mail of Ingré is not that of Orléans.
    assert (asked.slug, asked.to_verify) == ("", "OTHER_DOMAIN")


def test_nobody_jumps_ahead_or_into_someone_elses(visit: Callable[..., Client], db: None) -> None:
    visitor = visit(None)
    key = begin(visitor)
    assert visitor.get(f"/inscription/{key}/depart/").headers["Location"] == f"/inscription/{key}/vous/"
    for page in ("collectivite", "vous", "defis", "plateforme", "depart", "plus-tard"):
        assert visit(None).get(f"/inscription/{key}/{page}/").status_code == 404
        assert visit(None).post(f"/inscription/{key}/{page}/", YOU).status_code == 404


# ── An authority that has its platform ───────────────────────────────────────


@pytest.mark.parametrize("siren", ["214503021", ""])
def test_an_authority_that_has_its_platform_is_told_so_and_led_to_its_administrator(
    visit: Callable[..., Client], saran: Municipality, siren: str
) -> None:
    Municipality.objects.filter(pk=saran.pk).update(siren=siren)
    visitor = visit(None)
    page = visitor.get("/inscription/?collectivite=COMMUNE-45302").content.decode()
    assert "a déjà sa plateforme" in page
    assert "/inscription/deja-la/COMMUNE-45302/" in page
    sent = visitor.post("/inscription/", {"collectivite": "COMMUNE-45302"})
    assert sent.headers["Location"] == "/inscription/deja-la/COMMUNE-45302/"
    assert not SignUp.objects.exists()


def test_a_colleagues_message_goes_to_the_administrator_and_says_nothing_of_them(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    visitor = visit(None)
    message = {
        "name": "Alex Petit",
        "email": "alex@saran.example",
        "message": "Puis-je vous rejoindre ?",
        "website": "",
    }
    # Nobody has come in yet: anybody's words go to no address that was never confirmed, so the service gets them.
    visitor.post("/inscription/deja-la/COMMUNE-45302/", message)
    with schema_context(saran.schema_name):
        assert OutboxMessage.objects.get().payload["to"] == settings.SERVICE_EMAIL
        OutboxMessage.objects.all().delete()
        User.objects.update(last_login=timezone.now())
    page = visitor.post("/inscription/deja-la/COMMUNE-45302/", message).content.decode()
    assert "Votre message est parti" in page
    assert "maire@saran.example" not in page
    with schema_context(saran.schema_name):
        sent = OutboxMessage.objects.get().payload
    assert sent["to"] == "maire@saran.example"
    assert "Puis-je vous rejoindre ?" in sent["body"]
    for refused in ({"message": ""}, {"email": "x"}, {"message": "Venez voir sur evil.com"}, {"name": "www.evil"}):
        assert visitor.post("/inscription/deja-la/COMMUNE-45302/", {**message, **refused}).status_code == 422
    assert visitor.get("/inscription/deja-la/COMMUNE-99999/").status_code == 404
    assert visitor.get("/inscription/deja-la/%00/").status_code == 404


# ── Robots, floods, forgeries ────────────────────────────────────────────────


def test_a_robot_is_thanked_and_forgotten(visit: Callable[..., Client], db: None) -> None:
    answers = {"name": "Spam", "kind": "COMMUNE", "siren": "", "website": "http://spam.example"}
    assert visit(None).post("/inscription/", answers).status_code == 302
    assert not SignUp.objects.exists()


def test_one_mailbox_is_not_flooded(visit: Callable[..., Client], db: None) -> None:
    visitor = visit(None)
    key = begin(visitor)
    answer(visitor, key)
    sent = [visitor.post(f"/inscription/{key}/depart/").status_code for _unused in range(7)]
    assert sent == [302] * 5 + [422] * 2


def test_one_machine_begins_sixty_an_hour_at_most(visit: Callable[..., Client], db: None) -> None:
    visitor = visit(None)
    answers = [visitor.post("/inscription/", {"collectivite": "COMMUNE-45169"}).status_code for _unused in range(62)]
    assert answers == [302] * 60 + [422] * 2


def test_the_authority_is_found_as_one_types(visit: Callable[..., Client], db: None) -> None:
    for address in ("/inscription/?q=saint jean de", "/inscription/collectivites/?q=saint jean de bray"):
        assert "?collectivite=COMMUNE-45284" in visit(None).get(address).content.decode()
    # Enter on the only one that is found: nobody picks from a list of one.
    assert "C’est bien Saint-Jean-de-Braye" in visit(None).get("/inscription/?q=saint jean de bray").content.decode()
    visitor = visit(None)
    key = begin(visitor)
    # Changing it in a sign-up that is under way stays in that sign-up; in someone else's it does not.
    there = f'href="/inscription/{key}/collectivite/?collectivite=COMMUNE-45284"'
    assert there in visitor.get(f"/inscription/collectivites/?q=45284&pour={key}").content.decode()
    assert there not in visit(None).get(f"/inscription/collectivites/?q=45284&pour={key}").content.decode()
    page = visit(None).get("/inscription/?collectivite=COMMUNE-45284").content.decode()
    for known in ("Saint-Jean-de-Braye", "45284", "saint-jean-de-braye", "Loiret", "30 jours, sans carte"):
        assert known in page


def test_a_set_chosen_in_the_library_is_remembered(visit: Callable[..., Client], db: None) -> None:
    other = ChallengeSet.objects.create(
        code="autre", version=1, title="Autre série", question="Et ici ?", summary="Essai.", published_at=timezone.now()
    )
    ChallengeTemplate.objects.create(
        challenge_set=other, code="seul", position=1, theme="WORK", label="Seul", question="Comment faire ici ?"
    )
    visitor = visit(None)
    visitor.get("/inscription/?serie=autre")
    key = begin(visitor)
    visitor.post(f"/inscription/{key}/vous/", YOU)
    assert "take-seul" in visitor.get(f"/inscription/{key}/defis/").content.decode()
    assert "take-ecologie" in visitor.get(f"/inscription/{key}/defis/?serie=territoires-resilients").content.decode()
    assert visitor.get(f"/inscription/{key}/defis/?serie=%00").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["q=zzzzzzzz", "q=%00%3Cscript%3E", "collectivite=COMMUNE-99999", "collectivite=<b>", "collectivite=" + "x" * 300],
)
def test_an_odd_search_leaves_the_form_as_it_is(visit: Callable[..., Client], db: None, query: str) -> None:
    response = visit(None).get(f"/inscription/?{query}")
    assert response.status_code == 200
    assert "<script>" not in response.content.decode()


def test_the_link_of_the_mail_holds_no_address(visit: Callable[..., Client], db: None) -> None:
    """Links are logged by whatever they pass: this one carries the key of the sign-up, the moment and a signature."""
    visitor = visit(None)
    key = sign_up(visitor)
    token = link().rstrip("/").rpartition("/")[2]
    named, _moment, _signature = token.split(":")
    assert named == key
    asked = SignUp.objects.get()
    assert services.sign_up_of(token) == asked
    for forged in (token[:-1], key, token.replace(key, str(uuid4())), f"x:{token}"):
        with pytest.raises(services.ConfirmationRefused):
            services.sign_up_of(forged)
    # It was sent to that address, and to no other.
    SignUp.objects.update(email="autre@ville-ingre.fr")
    with pytest.raises(services.ConfirmationRefused):
        services.sign_up_of(token)


def test_a_browser_may_fill_in_who_one_is(visit: Callable[..., Client], db: None) -> None:
    visitor = visit(None)
    page = visitor.get(f"/inscription/{begin(visitor)}/vous/").content.decode()
    for token in ("name", "organization-title", "email"):
        assert f'autocomplete="{token}"' in page


def test_a_joint_authority_finds_its_kind_in_the_list(visit: Callable[..., Client], db: None) -> None:
    assert "Intercommunalité, ou syndicat" in visit(None).get("/inscription/?q=zzzzzz").content.decode()
