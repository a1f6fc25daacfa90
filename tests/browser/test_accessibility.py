"""Every page, as a picture of it would be judged: by axe, on a narrow phone, in light and in dark.

Each page is also watched (see conftest): no script fails, nothing is asked of another host.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from django_tenants.utils import schema_context
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from accounts.address_change import ask_address_change
from accounts.enums import Role
from accounts.erasure import erase
from accounts.models import User
from consultations.cocreation.models import CoAuthorInvitation
from consultations.cocreation.selectors.workshop import texts_of
from consultations.cocreation.services.merging import answer_merge, undo_merge
from consultations.cocreation.services.rework import publish_version
from consultations.framing.models import Challenge
from consultations.library import selectors
from consultations.library.services.drafts import edit_challenge, prepare_version
from consultations.library.services.shipping import content_of
from consultations.participation.models import Argument, Authorship, Draft, Proposal, Reaction
from consultations.participation.services.reactions import react
from notifications.models import MailPreference
from notifications.services.links import unsubscribing_link
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.axe import SIGHT, findings
from tests.browser.conftest import DESKTOP, PHONE, Live, Watch, new_context
from tests.browser.measures import LEAST, THUMB, cut_tables, small_targets, with_large_text
from tests.browser.people import add_the_app, come_in, follow, go, press
from tests.framing.factories import improve_library
from tests.moderation.factories import reported
from tests.notifications.factories import NoticeFactory
from tests.participation.factories import (
    ArgumentFactory,
    AuthorshipFactory,
    ProposalFactory,
    ReplyFactory,
    ask_to_merge,
    merge,
)

pytestmark = pytest.mark.browser

NARROW = (320, 640)


def nothing(page: Page) -> None:
    """Look at the page as it opens."""


def open_details(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


def submit(name: str) -> Callable[[Page], None]:
    """Press a button with nothing filled in, and wait for the errors: in place, or on the page that comes."""

    def act(page: Page) -> None:
        press(page, name)
        expect(page.locator(".field-errors").first).to_be_visible()

    return act


def rework_too_short(page: Page) -> None:
    page.get_by_label("La solution").fill("Trop court.")
    submit("Publier la version")(page)


def ask_for_a_code(page: Page) -> None:
    page.get_by_label("Votre adresse électronique").fill("quelqu.un@example.org")
    go(page, "Recevoir un code")
    expect(page.get_by_label("Le code")).to_be_visible()


def ask_for_a_proof(page: Page) -> None:
    go(page, "Recevoir un code")
    page.get_by_label("Le code").fill("000000")
    go(page, "Confirmer")
    expect(page.locator(".field-errors")).to_be_visible()


def invite_after_a_while(page: Page) -> None:
    """As if the second factor had been shown this morning: the form is kept, and said in words."""
    key = next(each["value"] for each in page.context.cookies() if each["name"] == settings.SESSION_COOKIE_NAME)
    with schema_context(Municipality.objects.get(slug="saran").schema_name):
        session = SessionStore(key)
        session["account_authentication_methods"] = [{"method": "mfa", "at": 1.0}]
        session.save()
    page.locator("#id_email").fill("une.adresse.bien.longue@collectivite.example")
    go(page, "Envoyer l’invitation")
    page.goto(page.url.replace("/connexion/confirmer/?next=", ""))
    expect(page.get_by_text("Inviter quelqu’un dans l’équipe")).to_be_visible()


def see_recovery_codes(page: Page) -> None:
    add_the_app(page)


def react_as_visitor(page: Page) -> None:
    go(page, "J’aime")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")


def begun_elsewhere(page: Page) -> None:
    """What a link brought along, as if it had been followed on another device."""
    key = next(each["value"] for each in page.context.cookies() if each["name"] == settings.SESSION_COOKIE_NAME)
    with schema_context(Municipality.objects.get(slug="saran").schema_name):
        proposal = Proposal.objects.published().order_by("pk")[0]
        session = SessionStore(key)
        session["pending"] = [
            {"do": "react", "proposal": proposal.pk, "value": "LIKE", "seen_version": proposal.version},
            {"do": "reply", "proposal": proposal.pk, "argument": 0, "text": "Oui, devant l’école aussi."},
        ]
        session.save()
    page.goto(f"{page.url}reprendre/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Est-ce vous qui avez commencé ceci ?")


def type_what_is_said_already(page: Page) -> None:
    field = page.get_by_label("Quelle est votre solution")
    field.press("End")
    field.press_sequentially(" Écrivez à moi@exemple.fr.")
    expect(page.locator(".nudge")).to_be_visible()
    expect(page.locator(".similar")).to_be_visible()
    open_details(page)


def write_on_two_devices(page: Page) -> None:
    """The words of this page are older than those that are kept."""
    page.evaluate("document.querySelector('[name=seen]').value = '0123456789abcdef'")
    page.get_by_label("Quelle est votre solution").fill("Un autre texte, écrit sur un autre appareil.")
    go(page, "Continuer")
    expect(page.get_by_text("L’autre texte", exact=True)).to_be_visible()


def add_a_picture_without_words(page: Page) -> None:
    open_details(page)
    picture = BytesIO()
    Image.new("RGB", (640, 480), "teal").save(picture, "PNG")
    files: list[FilePayload] = [{"name": "photo.png", "mimeType": "image/png", "buffer": picture.getvalue()}]
    page.get_by_label("Une image").set_input_files(files)
    go(page, "Enregistrer et relire")
    expect(page.locator(".field-errors").first).to_be_visible()


def submit_nothing(page: Page) -> None:
    page.get_by_label("Quel titre la résume").fill("")
    go(page, "Enregistrer la correction")
    expect(page.locator(".field-errors").first).to_be_visible()


def save_over_a_colleague(page: Page) -> None:
    """Somebody else saves the same challenge while its form is open here."""
    draft = selectors.draft_of("jeunesse")
    assert draft
    template = draft.challenges.get(code="respect")
    edit_challenge(
        code="jeunesse",
        challenge="respect",
        revision=template.revision,
        actor=UserFactory(operator=True),
        summary=f"{template.summary} Le texte d’une collègue.",
    )
    page.get_by_label("En quelques mots").fill("Un autre texte.")
    go(page, "Enregistrer")
    expect(page.get_by_role("heading", name="Comparez les deux textes")).to_be_visible()


def rework_beside_a_colleague(page: Page) -> None:
    """A co-author publishes other words for the same part while it is open here."""
    open_details(page)
    with schema_context(Municipality.objects.get(slug="saran").schema_name):
        proposal = Proposal.objects.get(pk=int(page.url.split("/")[4]))
        publish_version(
            proposal=proposal,
            by=proposal.author,
            texts={**texts_of(proposal), "solution": f"{proposal.solution} Et une fontaine."},
            note="Une fontaine en plus.",
            base_version=proposal.version,
            at=timezone.now(),
        )
    page.get_by_label("La solution").fill(f"{proposal.solution} Et des bancs.")
    page.get_by_label("Ce qui change").fill("Des bancs en plus.")
    go(page, "Publier la version")
    expect(page.get_by_text("pendant que vous écriviez")).to_be_visible()


def go_on(page: Page) -> None:
    follow(page.locator("form").get_by_role("button", name="Continuer").last)


def sign_up_to(step: int, *, refused: bool = False) -> Callable[[Page], None]:
    """From a chosen authority to a step of the sign-up; refused: with its errors."""

    def act(page: Page) -> None:
        go(page, "C’est bien")
        if step > 2:
            page.get_by_label("Votre nom").fill("Camille Martin")
            page.get_by_label("Votre fonction").fill("Directrice générale des services")
            page.get_by_label("Votre adresse électronique professionnelle").fill("mairie@orange.fr")
            page.get_by_role("checkbox").check()
            go_on(page)
        if step > 3:
            go_on(page)
        if step > 4:
            go_on(page)
        if refused:
            if step == 4:
                page.get_by_label("Adresse de votre plateforme").fill("saran")
            go_on(page)
            expect(page.locator(".field-errors").first).to_be_visible()

    return act


def finish_later(page: Page) -> None:
    sign_up_to(2)(page)
    go(page, "Finir plus tard")
    go(page, "M’envoyer le lien")


@dataclass(frozen=True)
class Look:
    """A page: where, who looks (None: a visitor), and what they do first. A path in {} is found by `place_of`."""

    city: str
    path: str
    who: str | None = None
    act: Callable[[Page], None] = nothing


# The one that the demonstration prepares.
OTHER = "/gestion/consultations/budget-des-habitants-2027"
# Where a form's errors are shown, the form is as it was, and more.
LOOKS = {
    "landing": Look("", "/"),
    "sign-up": Look("", "/inscription/?q=Saint-Jean-de"),
    "sign-up-not-listed": Look("", "/inscription/?q=zzzzzzzz", act=submit("Continuer")),
    "sign-up-chosen": Look("", "/inscription/?collectivite=COMMUNE-45234", act=open_details),
    "sign-up-served": Look("", "/inscription/?collectivite=COMMUNE-45302"),
    "sign-up-colleague": Look("", "/inscription/deja-la/COMMUNE-45302/", act=submit("Envoyer mon message")),
    "sign-up-you": Look("", "/inscription/?collectivite=COMMUNE-45234", act=sign_up_to(2, refused=True)),
    "sign-up-challenges": Look("", "/inscription/?collectivite=COMMUNE-45234", act=sign_up_to(3)),
    "sign-up-platform": Look("", "/inscription/?collectivite=COMMUNE-45234", act=sign_up_to(4, refused=True)),
    "sign-up-start": Look("", "/inscription/?collectivite=COMMUNE-45234", act=sign_up_to(5)),
    "sign-up-later": Look("", "/inscription/?collectivite=COMMUNE-45234", act=finish_later),
    "check-your-mail": Look("", "/inscription/verifiez-vos-messages/"),
    "confirmation-refused": Look("", "/inscription/confirmer/rien/"),
    "link-not-kept": Look("saran", "/connexion/entrer/0123456789abcdef/"),
    "service-legal": Look("", "/mentions-legales/"),
    "service-terms": Look("", "/conditions/"),
    "service-privacy": Look("", "/donnees-personnelles/"),
    "service-accessibility": Look("", "/accessibilite/"),
    "service-404": Look("", "/rien/"),
    "unknown-city": Look("nulle-part", "/"),
    "fleet": Look("", "/ops/", "operator"),
    "runs": Look("", "/ops/mises-en-service/", "operator"),
    "library": Look("", "/bibliotheque/"),
    "library-set": Look("", "/bibliotheque/territoires-resilients/"),
    "ops-library": Look("", "/ops/bibliotheque/", "operator"),
    "ops-library-set": Look("", "/ops/bibliotheque/mobilites/", "operator", open_details),
    "ops-library-version": Look("", "/ops/bibliotheque/mobilites/versions/1/", "operator"),
    "ops-library-changes": Look("", "{draft of jeunesse}../versions/2/changements/", "operator"),
    "ops-library-new": Look("", "/ops/bibliotheque/nouvelle/", "operator", submit("Commencer cette série")),
    "ops-library-draft": Look("", "{draft of jeunesse}", "operator"),
    "ops-library-words": Look("", "{draft of jeunesse}textes/", "operator"),
    "ops-library-challenge": Look("", "{draft of jeunesse}nouveau-defi/", "operator", submit("Ajouter ce défi")),
    "ops-library-conflict": Look("", "{draft of jeunesse}defis/respect/", "operator", save_over_a_colleague),
    "ops-library-remove": Look("", "{draft of jeunesse}defis/respect/retirer/", "operator"),
    "ops-library-discard": Look("", "{draft of jeunesse}abandonner/", "operator"),
    "components": Look("", "/ops/composants/", "operator", open_details),
    "security": Look("", "/compte/securite/", "operator"),
    "factor-app": Look("", "/compte/securite/application/", "operator", submit("Ajouter l’application")),
    "factor-passkey": Look("", "/compte/securite/cle/", "operator"),
    "way-back": Look("", "/ops/collectivites/{saran}/acces/", "operator", submit("Retirer sa double vérification")),
    "prove-by-mail": Look("saran", "/connexion/confirmer/?next=/compte/", "participant", ask_for_a_proof),
    "kept-form": Look("saran", "/gestion/equipe/", "administrator", invite_after_a_while),
    "recovery-codes": Look("saran", "/compte/securite/", "administrator", see_recovery_codes),
    "home": Look("saran", "/"),
    "how-it-works": Look("saran", "/mode-d-emploi/"),
    "challenge": Look("saran", "/defis/ecologie/"),
    "proposals": Look("saran", "/propositions/", act=open_details),
    "proposals-found": Look("saran", "/propositions/?q=bus"),
    "proposals-none": Look("saran", "/propositions/?q=introuvable"),
    "proposal": Look("saran", "{proposal}", act=open_details),
    "proposal-composer": Look("saran", "{proposal}?argumenter", "participant", open_details),
    "proposal-composer-errors": Look("saran", "{proposal}?argumenter", act=submit("Publier mon argument")),
    "workshop": Look("saran", "{workshop}", "participant", rework_too_short),
    "workshop-met": Look("saran", "{workshop}?reponse=tous", "participant", rework_beside_a_colleague),
    "workshop-discard": Look("saran", "{workshop}abandonner/", "participant"),
    "proposal-reply": Look("saran", "{argument}?repondre", "participant"),
    "argument-mended": Look("saran", "{my argument}corriger/", "participant", open_details),
    "reply-mended": Look("saran", "{my reply}", "participant"),
    "proposal-changed": Look("saran", "{changed proposal}", "participant"),
    "versions": Look("saran", "{proposal}versions/"),
    "versions-of-two": Look("saran", "{proposal}versions/?de=1&a=3&lire=2#difference"),
    "coauthors": Look("saran", "{shared}atelier/avec/", "participant", submit("Envoyer l’invitation")),
    "invitation": Look("saran", "{invitation}", "participant"),
    "no-invitation": Look("saran", "/invitations/00000000-0000-4000-8000-000000000000/", "participant"),
    "proposals-alone": Look("saran", "{alone}", "administrator"),
    "arguments": Look("saran", "{proposal}arguments/pour/"),
    "propose": Look("saran", "/defis/ecologie/proposer/", act=submit("Continuer")),
    "propose-advised": Look("saran", "{draft}solution/", "participant", type_what_is_said_already),
    "propose-conflict": Look("saran", "{draft}solution/", "participant", write_on_two_devices),
    "read-through": Look("saran", "{draft}", "participant", add_a_picture_without_words),
    "edit": Look("saran", "{own}corriger/", "participant", submit_nothing),
    "mend-too-late": Look("saran", "{own answered}corriger/", "participant"),
    "discard": Look("saran", "{draft}supprimer/confirmer/", "participant"),
    "sign-in-pending": Look("saran", "{proposal}", act=react_as_visitor),
    "resume": Look("saran", "/", "participant", begun_elsewhere),
    "sign-in": Look("saran", "/connexion/", act=submit("Recevoir un code")),
    "sign-in-code": Look("saran", "/connexion/", act=ask_for_a_code),
    "welcome": Look("saran", "/bienvenue/", "newcomer", submit("Continuer")),
    "account": Look("saran", "/compte/", "participant"),
    # The team has just shown who they are (visit): nobody is asked once more.
    "own-address": Look("saran", "/compte/adresse/", "administrator", submit("Envoyer le code")),
    "own-address-code": Look("saran", "{address code}", "administrator", submit("Changer mon adresse")),
    "own-address-undo-refused": Look("saran", "/compte/adresse/reprendre/rien/"),
    "own-journal": Look("saran", "/compte/journal/", "administrator"),
    "own-data": Look("saran", "/compte/donnees/", "administrator"),
    "own-leaving": Look("saran", "/compte/supprimer/", "administrator"),
    "own-left": Look("saran", "/compte/supprime/"),
    "proposal-removed": Look("saran", "{removed}"),
    "my-participation": Look("saran", "/ma-participation/", "Tilleul", open_details),
    "my-participation-none": Look("saran", "/ma-participation/", "participant"),
    "my-arguments": Look("saran", "/ma-participation/?voir=arguments", "Tilleul"),
    "notices": Look("saran", "{news}", "participant"),
    "notices-none": Look("saran", "/nouvelles/", "participant"),
    "mail-preferences": Look("saran", "/mes-courriels/", "participant"),
    "unsubscribe": Look("saran", "{unsubscribe}"),
    "unsubscribe-refused": Look("saran", "/desabonnement/rien/"),
    "merge-choose": Look("saran", "{mine}reunir/?q=eau&ecrire=1", "participant"),
    "merge-write": Look(
        "saran", "{mine}reunir/?avec={another}&ecrire=1", "participant", submit("Demander leur accord")
    ),
    "merge": Look("saran", "{merge}", "participant", open_details),
    "merge-reword": Look("saran", "{merge}texte/", "participant"),
    "collective": Look("saran", "{collective}", "participant"),
    "merged": Look("saran", "{merged}", "participant"),
    "undone": Look("saran", "{undone}"),
    "desk-merge": Look("saran", "/gestion/propositions/reunir/?q=eau", "administrator"),
    "desk-merge-at-rest": Look("saran", "/gestion/propositions/reunir/", "administrator"),
    "desk": Look("saran", "/gestion/", "administrator"),
    "consultation": Look("saran", "/gestion/consultations/territoires-resilients/cadre/", "administrator"),
    "consultations": Look("saran", "/gestion/consultations/", "administrator", open_details),
    "consultation-begun": Look("saran", "/gestion/preparer-une-consultation/jeu/", "administrator"),
    "consultation-prolonged": Look("saran", f"{OTHER}/prolonger/", "administrator"),
    "second-desk": Look("saran", f"{OTHER}/", "administrator", open_details),
    "past": Look("saran", "/consultations/le-parc-de-letang/"),
    "legal-notices": Look("saran", "/mentions-legales/"),
    "privacy": Look("saran", "/donnees-personnelles/"),
    "charter": Look("saran", "/charte/"),
    "accessibility": Look("saran", "/accessibilite/"),
    "404": Look("saran", "/rien/"),
    "being-prepared": Look("brest", "/"),
    "documents": Look(
        "saran",
        "/gestion/consultations/territoires-resilients/documents/",
        "administrator",
        submit("Ajouter ce document"),
    ),
    "challenges": Look("saran", "/gestion/consultations/territoires-resilients/defis/", "administrator"),
    "challenge-framed": Look(
        "saran", "/gestion/consultations/territoires-resilients/defis/ecologie/", "administrator", open_details
    ),
    "challenge-edited": Look(
        "saran", "/gestion/consultations/territoires-resilients/defis/ecologie/modifier/", "administrator"
    ),
    "challenge-added": Look(
        "saran",
        "/gestion/consultations/territoires-resilients/ajouter-un-defi/",
        "administrator",
        submit("Ajouter ce défi"),
    ),
    "library-news": Look("saran", "{improved}", "administrator"),
    "appearance": Look("saran", "/gestion/apparence/?colour=%23ffff00", "administrator"),
    "legal-identity": Look("saran", "/gestion/mentions/", "administrator"),
    "legal-identity-missing": Look("brest", "/gestion/mentions/", "administrator"),
    "legal-notices-missing": Look("brest", "/mentions-legales/"),
    "roles": Look("saran", "/gestion/equipe/roles/", "administrator"),
    "assigned": Look("saran", "/gestion/", "service"),
    "team": Look("saran", "/gestion/equipe/", "administrator", open_details),
    "desk-preparing": Look("brest", "/gestion/", "administrator"),
}


@pytest.fixture(scope="module")
def watched(browser: Browser, live: Live) -> Iterator[tuple[Page, Watch]]:
    """One page for all looks: a new one each would take as long as axe."""
    watch = Watch()
    context = new_context(browser, watch)
    yield context.new_page(), watch
    context.close()


@pytest.mark.parametrize("name", LOOKS)
def test_a_page(name: str, live: Live, visit: Callable[..., Any], watched: tuple[Page, Watch]) -> None:
    look = LOOKS[name]
    city = Municipality.objects.filter(slug=look.city).first()
    with schema_context(city.schema_name if city else "public"):
        user = person(look.who)
        site = live.city(look.city) if look.city else live.public
        path = place_of(look.path, user)
    page, watch = watched
    forget(page)
    watch.problems.clear()
    if user is not None:
        client = visit(city, user)
        come_in(page, site, client)

    show(page, DESKTOP, "light")
    page.goto(site + path)
    look.act(page)
    at_work = look.path.startswith(("/gestion/", "/ops/")) or look.who in ("administrator", "operator")
    found = findings(page, "wide, light", SIGHT) + cut_tables(page)
    if at_work and name != "components":  # which shows what stands on other pages
        found += with_large_text(page)
    show(page, PHONE, "dark")
    found += findings(page, "phone, dark")
    found += with_large_text(page) + small_targets(page, LEAST if at_work else THUMB)
    if page.get_by_text("Clavier", exact=True).locator("visible=true").count():
        found.append("keys are offered where there is no keyboard")
    show(page, NARROW, "dark")
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > NARROW[0]:
        found.append(f"scrolls sideways: {wide} px wide at {NARROW[0]}")
    found += watch.problems
    assert not found, "\n".join(found)


# Which have no look of their own above: axe sees them in the stories of moderation, of cities and of the service.
AT_WORK = {
    "administrator": (
        *("moderation/", "{case}", "moderation/decisions/", "moderation/comptes/", "{account}", "moderation/mots/"),
        *("moderation/acces-du-service/", "moderation/loi/", "moderation/loi/injonction/", "moderation/journal/"),
        *("journal/", "reglages/", "quartiers/", "adresse/", "verification/", "export/"),
    ),
    "operator": ("{city}", "{city}adresses/", "moderation/", "lexique/", "lexique/modifier/", "verifications/"),
}


@pytest.mark.parametrize(("who", "path"), [(who, path) for who, paths in AT_WORK.items() for path in paths])
def test_large_words_fit_where_one_works(
    who: str, path: str, live: Live, visit: Callable[..., Any], watched: tuple[Page, Watch]
) -> None:
    saran = Municipality.objects.get(slug="saran")
    city, site, root = (saran, live.city("saran"), "gestion") if who == "administrator" else (None, live.public, "ops")
    page, watch = watched
    forget(page)
    watch.problems.clear()
    with schema_context(city.schema_name if city else "public"):
        user = UserFactory(**{who: True})
        if path == "{case}":
            path = f"moderation/{reported(ArgumentFactory()).pk}/"
        elif path == "{account}":
            path = f"moderation/comptes/{ArgumentFactory().author.pk}/"
    come_in(page, site, visit(city, user))
    answer = page.goto(f"{site}/{root}/{path.replace('{city}', f'collectivites/{saran.pk}/')}")
    assert answer
    assert answer.status == 200
    found = []
    for size in (DESKTOP, PHONE):
        show(page, size, "light")
        found += with_large_text(page)
    found += watch.problems
    assert not found, "\n".join(found)


def forget(page: Page) -> None:
    """Nothing of the look before is left: no guide that is put away, no cookie, no page that still runs."""
    page.evaluate("try { localStorage.clear(); sessionStorage.clear(); } catch { /* the first look */ }")
    page.goto("about:blank")
    page.context.clear_cookies()


def show(page: Page, size: tuple[int, int], scheme: Literal["light", "dark"]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)


def person(who: str | None) -> Any:
    if who == "participant":
        return UserFactory(public_name="Une personne au nom assez long")
    if who == "service":
        return UserFactory(role=Role.SERVICE)
    if who == "newcomer":
        return UserFactory(public_name="")
    if who == "Tilleul":  # of the demonstration, who has argued and been answered
        return User.objects.get(public_name=who)
    return UserFactory(**{who: True}) if who else None


def place_of(path: str, user: Any) -> str:
    """The path, with `{proposal}` the best argued of those with a second version, `{draft}` one of the user's."""
    if "{proposal}" in path:
        proposal = Proposal.objects.filter(version__gt=1).order_by("-for_count", "pk")[0]
        return path.replace("{proposal}", proposal.get_absolute_url())
    if "{saran}" in path:
        return path.replace("{saran}", str(Municipality.objects.get(slug="saran").pk))
    if path.startswith("{own"):
        proposal = ProposalFactory(author=user)
        if path.startswith("{own answered}"):
            react(proposal=proposal, user=UserFactory(), value="LIKE", at=timezone.now())
        return f"{proposal.get_absolute_url()}corriger/"
    if "{workshop}" in path:
        proposal = Proposal.objects.filter(version__gt=1).order_by("-for_count", "pk")[0]
        AuthorshipFactory(proposal=proposal, user=user)
        return path.replace("{workshop}", f"{proposal.get_absolute_url()}atelier/")
    if "{argument}" in path:
        return path.replace("{argument}", Argument.objects.order_by("-reply_count", "pk")[0].get_absolute_url())
    if "{my argument}" in path:
        return path.replace("{my argument}", ArgumentFactory(author=user).get_absolute_url())
    if "{my reply}" in path:
        reply = ReplyFactory(author=user)
        return f"{reply.argument.proposal.get_absolute_url()}reponses/{reply.pk}/corriger/"
    if "{changed proposal}" in path:
        proposal = Proposal.objects.filter(version__gt=1).order_by("-for_count", "pk")[0]
        Reaction.objects.create(proposal=proposal, user=user, value="LIKE", version=1)
        return proposal.get_absolute_url()
    if "{shared}" in path:
        proposal = ProposalFactory(author=user)
        guest = ArgumentFactory(proposal=proposal).author
        ArgumentFactory(proposal=proposal)
        Authorship.objects.create(proposal=proposal, user=UserFactory(), role="CO_AUTHOR")
        CoAuthorInvitation.objects.create(proposal=proposal, user=guest, invited_by=user)
        return path.replace("{shared}", proposal.get_absolute_url())
    if path == "{address code}":
        with schema_context("public"):
            city = Municipality.objects.get(slug="saran")
        ask_address_change(user=user, email="nouvelle@example.org", city=city, at=timezone.now())
        return "/compte/adresse/code/"
    if path == "{removed}":
        removed = ArgumentFactory().proposal
        erase(user_id=removed.author_id, with_texts=True)
        removed.refresh_from_db()
        return str(removed.get_absolute_url())
    if "{invitation}" in path:
        proposal = ProposalFactory()
        invitation = CoAuthorInvitation.objects.create(proposal=proposal, user=user, invited_by=proposal.author)
        return path.replace("{invitation}", f"/invitations/{invitation.pk}/")
    if "{alone}" in path:
        ProposalFactory(author=None)
        kept = ProposalFactory(author__is_active=False)
        Authorship.objects.create(proposal=kept, user=user, role="STEWARD")
        ProposalFactory(author=None, import_ref="une-autre")
        return path.replace("{alone}", "/gestion/propositions/orphelines/")
    if "{news}" in path:
        for number, kind in enumerate(["NEW_ARGUMENT", "NEW_VERSION", "STEWARDSHIP"]):
            read_at = None if number else timezone.now()
            NoticeFactory(user=user, type=kind, proposal=Proposal.objects.order_by("pk")[number], read_at=read_at)
        return path.replace("{news}", "/nouvelles/")
    if "{unsubscribe}" in path:
        preference = MailPreference.objects.create(user=UserFactory())
        return path.replace("{unsubscribe}", unsubscribing_link(preference))
    if "{mine}" in path:
        mine, another = ProposalFactory(author=user), ProposalFactory()
        return path.replace("{mine}", mine.get_absolute_url()).replace("{another}", str(another.pk))
    if "{merge}" in path:
        merge_request = ask_to_merge(sources=[ProposalFactory(author=user), ProposalFactory(), ProposalFactory()])
        source = merge_request.sources.order_by("pk")[1]
        answer_merge(source=source, actor=source.proposal.author, agrees=True, revision=1, at=timezone.now())
        return path.replace("{merge}", f"/reunions/{merge_request.pk}/")
    if path in ("{collective}", "{merged}", "{undone}"):
        merge_request = merge(2)
        if path == "{undone}":
            undo_merge(
                merge_request=merge_request,
                actor=merge_request.started_by,
                reason="Chacune avance mieux seule.",
                at=timezone.now(),
            )
        shown = merge_request.sources.all()[0].proposal if path == "{merged}" else merge_request.proposal
        return shown.get_absolute_url()
    if "{draft of jeunesse}" in path:
        content = content_of(selectors.latest_set("jeunesse"))
        content["challenges"][0]["why"] = "Un texte qui a changé.\n\nEt qui dit peu."
        content["challenges"][1]["examples"] = []
        prepare_version(content=content, actor=user)
        return path.replace("{draft of jeunesse}", "/ops/bibliotheque/jeunesse/brouillon/")
    if "{improved}" in path:
        improve_library(
            question="Comment bien vivre ici quand le climat se dérègle ?",
            guiding_questions=["Où avez-vous trop chaud ?", "Que faut-il arrêter ?"],
        )
        return path.replace("{improved}", "/gestion/consultations/territoires-resilients/defis/ecologie/bibliotheque/")
    if "{draft}" in path:
        proposal = Proposal.objects.order_by("pk")[0]
        texts = proposal.texts
        draft = Draft.objects.create(challenge=Challenge.objects.order_by("pk")[0], author=user, **texts)
        return path.replace("{draft}", f"/brouillons/{draft.pk}/")
    return path
