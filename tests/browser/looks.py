"""The pages that are looked at, for whom, and what brings each into the state in which it is."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from django.conf import settings
from django.utils import timezone
from django_tenants.utils import schema_context
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from accounts.session_store import SessionStore
from consultations.cocreation.selectors.workshop import texts_of
from consultations.cocreation.services.rework import publish_version
from consultations.library import selectors
from consultations.library.services.drafts import edit_challenge
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.people import add_the_app, follow, go, press


def nothing(page: Page) -> None:
    """Look at the page as it opens."""


def open_details(page: Page) -> None:
    """But for menus above the page, which lie over what is beside them."""
    page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")


def open_apart(page: Page) -> None:
    """With what each menu holds in the page, and not over what is below it."""
    open_details(page)
    apart = "(all) => all.forEach((each) => { each.style.position = 'static'; })"
    page.locator("main details.menu > :not(summary)").evaluate_all(apart)


def open_one(page: Page) -> None:
    """The others would lie over it."""
    page.evaluate("document.querySelector('main details').open = true")


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


def see_a_theme(page: Page) -> None:
    follow(page.locator("tbody th a").first)


def move_nothing(page: Page) -> None:
    see_a_theme(page)
    go(page, "Déplacer")
    expect(page.get_by_role("alert")).to_be_visible()


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


def deposit_nothing(page: Page) -> None:
    open_details(page)
    submit("Enregistrer le dépôt")(page)
    open_details(page)


def order_with_a_wrong_siret(page: Page) -> None:
    page.get_by_label("SIRET").fill("1234")
    submit("Envoyer le bon de commande")(page)
    open_details(page)


def choose_two(page: Page) -> None:
    for chosen in (1, 2):
        page.get_by_role("button", name="Choisir").first.click()
        expect(page.get_by_role("button", name="Retirer")).to_have_count(chosen)
    open_details(page)


def read_the_ballot_through(page: Page) -> None:
    choose_two(page)
    go(page, "Relire et voter")


def have_voted(page: Page) -> None:
    read_the_ballot_through(page)
    go(page, "Confirmer mon vote")
    open_details(page)


@dataclass(frozen=True)
class Look:
    """A page: where, who looks (None: a visitor), and what they do first. A path in {} is found by `place_of`.

    `stage`: of what is bought (tests.browser.billed); it says what stands for a bare {}.
    """

    city: str
    path: str
    who: str | None = None
    act: Callable[[Page], None] = nothing
    stage: str = ""


def of_subscription(stage: str, act: Callable[[Page], None] = open_details, query: str = "") -> Look:
    return Look("saran", f"/gestion/abonnement/{query}", "administrator", act, stage)


def of_billing(path: str, stage: str, act: Callable[[Page], None] = open_details) -> Look:
    return Look("", f"/ops/facturation/{path}", "operator", act, stage)


# The one that the demonstration prepares.
OTHER = "/gestion/consultations/budget-des-habitants-2027"
# The one in which people choose.
CHOOSING = "/consultations/les-petits-travaux-des-quartiers/votes/"
SYNTHESES = "/consultations/territoires-resilients/syntheses/"
THEMES = "/consultations/territoires-resilients/themes/"
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
    "service-api": Look("", "/api/"),
    "ops-keys": Look("", "/ops/cles-api/", "operator", submit("Créer la clé")),
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
    "ops-billing": of_billing("", "nothing"),
    "ops-billing-busy": of_billing("", "busy", deposit_nothing),
    "ops-accounts": of_billing("comptes/", "busy"),
    "ops-found": of_billing("trouver/?q=4+080", "busy"),
    "ops-found-nothing": of_billing("trouver/?q=4711,50", "nothing"),
    "ops-account": of_billing("collectivites/{}/", "agreed"),
    "ops-account-none": of_billing("collectivites/{}/", "no_account", submit("Établir le devis")),
    "ops-account-objected": of_billing("collectivites/{}/", "objecting", submit("Répondre à la collectivité")),
    "ops-money": of_billing("collectivites/{}/argent/", "moving"),
    "ops-prices": of_billing("tarifs/", "nothing", submit("Publier la liste")),
    "ops-vat": of_billing("tva/", "nothing", submit("Saisir le taux")),
    "ops-interest-rates": of_billing("taux/", "rates", submit("Saisir le taux")),
    "ops-difference": of_billing("ecarts/{}/", "differing", submit("Laisser tel quel")),
    "ops-difference-given-up": of_billing("ecarts/{}/", "given_up"),
    "ops-difference-explained": of_billing("ecarts/{}/", "explained"),
    "ops-invoice": of_billing("factures/{}/", "rejected"),
    "ops-invoice-held-back": of_billing("factures/{}/", "held_back"),
    "ops-invoice-paid-late": of_billing("factures/{}/", "paid_late"),
    "ops-invoice-claimed": of_billing("factures/{}/", "claimed"),
    "ops-invoice-credited": of_billing("factures/{}/", "credited"),
    "components": Look("", "/ops/composants/", "operator", open_details),
    "security": Look("", "/compte/securite/", "operator"),
    "factor-app": Look("", "/compte/securite/application/", "operator", submit("Ajouter l’application")),
    "factor-passkey": Look("", "/compte/securite/cle/", "operator"),
    "way-back": Look("", "/ops/collectivites/{saran}/acces/", "operator", submit("Retirer sa double vérification")),
    "prove-by-mail": Look("saran", "/connexion/confirmer/?next=/compte/", "participant", ask_for_a_proof),
    "kept-form": Look("saran", "/gestion/equipe/", "administrator", invite_after_a_while),
    "recovery-codes": Look("saran", "/compte/securite/", "administrator", see_recovery_codes),
    "home": Look("saran", "/"),
    "themes": Look("saran", f"/gestion{THEMES}", "administrator"),
    "theme": Look("saran", f"/gestion{THEMES}", "administrator", see_a_theme),
    "theme-refused": Look("saran", f"/gestion{THEMES}", "administrator", move_nothing),
    "theme-none": Look("saran", f"/gestion{THEMES}sante/0/", "administrator"),
    "synthesis": Look("saran", f"{SYNTHESES}ecologie/", act=open_details),
    "synthesis-versions": Look("saran", f"{SYNTHESES}ecologie/versions/"),
    "synthesis-editor": Look("saran", f"/gestion{SYNTHESES}ecologie/", "administrator", open_details),
    "synthesis-review": Look("saran", f"/gestion{SYNTHESES}ecologie/relire/", "administrator", open_details),
    "syntheses": Look("saran", f"/gestion{SYNTHESES}", "administrator"),
    "figures": Look("saran", "/consultations/territoires-resilients/chiffres/", act=open_details),
    "desk-figures": Look(
        "saran", "/gestion/consultations/territoires-resilients/chiffres/", "administrator", open_details
    ),
    "open-data": Look("saran", "/opendata/"),
    "open-data-of": Look("saran", "/opendata/territoires-resilients/", act=open_details),
    "widget": Look("saran", "/widget/consultations/territoires-resilients/"),
    "widget-challenge": Look("saran", "/widget/defis/ecologie/"),
    "on-your-site": Look("saran", "/gestion/consultations/territoires-resilients/sur-votre-site/", "administrator"),
    "population": Look("saran", "/gestion/population/", "administrator", submit("Lire ce tableau")),
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
    "api": Look("saran", "/api/"),
    "own-keys": Look("saran", "/compte/cles/", "administrator"),
    "desk-keys": Look("saran", "/gestion/cles-api/", "administrator"),
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
    "consultations": Look("saran", "/gestion/consultations/", "administrator", open_apart),
    "consultation-begun": Look("saran", "/gestion/preparer-une-consultation/jeu/", "administrator"),
    "consultation-prolonged": Look("saran", f"{OTHER}/prolonger/", "administrator"),
    "second-desk": Look("saran", f"{OTHER}/", "administrator", open_one),
    "past": Look("saran", "/consultations/le-parc-de-letang/"),
    "legal-notices": Look("saran", "/mentions-legales/"),
    "privacy": Look("saran", "/donnees-personnelles/"),
    "charter": Look("saran", "/charte/"),
    "accessibility": Look("saran", "/accessibilite/"),
    "404": Look("saran", "/rien/"),
    "in-english": Look("saran", "/en/"),
    "in-french-alone": Look("saran", "/en/charte/"),
    "languages": Look("saran", "/gestion/langues/", "administrator"),
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
    "together": Look("saran", "/ce-qui-rassemble/", act=open_details),
    "together-method": Look("saran", "/ce-qui-rassemble/methode/"),
    "leaving-analyses": Look("saran", "/compte/analyses/", "administrator"),
    "desk-together": Look("saran", "/gestion/consultations/territoires-resilients/ce-qui-rassemble/", "administrator"),
    "roles": Look("saran", "/gestion/equipe/roles/", "administrator"),
    "assigned": Look("saran", "/gestion/", "service"),
    "subscription": of_subscription("nothing"),
    "subscription-quoted": of_subscription("quoted", submit("Accepter le devis")),
    "subscription-unverified": of_subscription("unverified"),
    "subscription-order": of_subscription("to_order", order_with_a_wrong_siret),
    "subscription-card-preparing": of_subscription("card_preparing"),
    "subscription-card": of_subscription("card_to_pay"),
    "subscription-card-back": of_subscription("card_to_pay", query="?carte=payee"),
    "subscription-card-over": of_subscription("card_over"),
    "subscription-card-paid": of_subscription("card_paid"),
    "subscription-begun": of_subscription("begun"),
    "subscription-to-pay": of_subscription("to_pay"),
    "subscription-held-up": of_subscription("held_up"),
    "subscription-number": of_subscription("number_asked"),
    "subscription-interest": of_subscription("interest"),
    "subscription-late": of_subscription("late", submit("Envoyer")),
    "subscription-objected": of_subscription("objected"),
    "subscription-read-only": of_subscription("read_only"),
    "subscription-renewal": of_subscription("to_renew"),
    "subscription-renewal-quoted": of_subscription("renewal_quoted"),
    "subscription-renewal-order": of_subscription("renewal_to_order"),
    "subscription-declined": of_subscription("declined"),
    "subscription-day-after": of_subscription("day_after"),
    "subscription-ended": of_subscription("ended"),
    "order-by-link": Look("saran", "/bon-de-commande/{}/", act=submit("Envoyer le bon de commande"), stage="by_link"),
    "order-by-link-years": Look("saran", "/bon-de-commande/{}/", stage="by_link_open"),
    "order-by-link-done": Look("saran", "/bon-de-commande/{}/", stage="by_link_ordered"),
    "order-by-link-late": Look("saran", "/bon-de-commande/{}/", stage="by_link_ordered_at_desk"),
    "order-by-link-gone": Look("saran", "/bon-de-commande/{}/", stage="nothing"),
    "vote": Look("saran", f"{CHOOSING}1/", act=open_details),
    "vote-to-fill": Look("saran", f"{CHOOSING}1/", "participant", open_details),
    "vote-filled": Look("saran", f"{CHOOSING}1/", "participant", choose_two),
    "vote-read": Look("saran", f"{CHOOSING}1/", "participant", read_the_ballot_through),
    "vote-receipt": Look("saran", f"{CHOOSING}1/", "participant", have_voted),
    "vote-announced": Look("saran", "{vote announced}", "participant", open_details),
    "vote-voices": Look("saran", "{vote voices}", "participant", choose_two),
    "vote-shares": Look("saran", "{vote shares}", "participant", choose_two),
    "votes": Look("saran", "/votes/"),
    "vote-code": Look("saran", "{vote by codes}", "participant", submit("Utiliser ce code")),
    "vote-residents": Look("saran", "{vote by residents}", "participant"),
    "vote-withdrawn": Look("saran", "{vote withdrawn}", "participant"),
    "vote-withdrawn-receipt": Look("saran", "{vote withdrawn}recu/", "participant", open_details),
    "vote-closed": Look("saran", "{vote closed}", "participant"),
    "vote-result": Look("saran", "/consultations/le-parc-de-letang/votes/1/resultat/", act=open_details),
    "vote-result-voices": Look("saran", "{vote counted by voices}resultat/", act=open_details),
    "vote-result-budget": Look("saran", "{vote counted by budget}resultat/", act=open_details),
    "vote-result-nobody": Look("saran", "{vote counted by nobody}resultat/"),
    "desk-votes": Look("saran", f"/gestion{CHOOSING}", "administrator"),
    "desk-vote": Look("saran", f"/gestion{CHOOSING}1/", "administrator"),
    "desk-vote-new": Look("saran", f"/gestion{CHOOSING}nouveau/", "administrator", submit("Enregistrer")),
    "desk-vote-draft": Look("saran", "/gestion{vote draft}", "administrator"),
    "desk-vote-codes": Look("saran", "/gestion{vote announced by codes}", "administrator", submit("Créer les codes")),
    "desk-vote-items": Look("saran", "/gestion{vote draft}projets/", "administrator"),
    "desk-vote-item": Look("saran", "/gestion{vote draft}projets/2/", "administrator"),
    "desk-vote-withdraw": Look(
        "saran", f"/gestion{CHOOSING}1/projets/2/retirer/", "administrator", submit("Le retirer pour de bon")
    ),
    "desk-vote-papers": Look("saran", f"/gestion{CHOOSING}1/papier/", "administrator", submit("Saisir ce bulletin")),
    "desk-vote-voters": Look("saran", f"/gestion{CHOOSING}1/votants/", "administrator"),
    "desk-vote-counted": Look("saran", "/gestion{vote counted by voices}", "administrator"),
    "team": Look("saran", "/gestion/equipe/", "administrator", open_details),
    "sheets": Look("saran", "/gestion/saisie/", "administrator", open_details),
    "sheets-to-read": Look("saran", "/gestion/consultations/territoires-resilients/saisie/a-relire/", "administrator"),
    "sheets-rule": Look("saran", "/gestion/consultations/territoires-resilients/saisie/reglage/", "administrator"),
    "offline-receipt": Look("saran", "/recu/"),
    "campaigns": Look("saran", "/gestion/campagnes/", "administrator"),
    "campaign-new": Look(
        "saran", "/gestion/campagnes/nouvelle/", "administrator", submit("Enregistrer, et voir qui la reçoit")
    ),
    "campaign-draft": Look("saran", "/gestion/campagnes/2/", "administrator", open_details),
    "campaign-sent": Look("saran", "/gestion/campagnes/1/", "administrator"),
    "campaign-preview": Look("saran", "/gestion/campagnes/1/apercu/", "administrator"),
    "contacts": Look("saran", "/gestion/carnet/", "administrator"),
    "contact": Look("saran", "/gestion/carnet/2/", "administrator", open_details),
    "contact-new": Look("saran", "/gestion/carnet/nouveau/", "administrator", submit("Enregistrer")),
    "contacts-write": Look("saran", "/gestion/carnet/ecrire/", "administrator"),
    "contacts-import": Look("saran", "/gestion/carnet/importer/", "administrator", submit("Lire la liste")),
    "imports": Look("saran", "/gestion/importer/", "administrator", submit("Lire ces fichiers")),
    "import-done": Look("saran", "/gestion/importer/1/", "administrator", open_details),
    "kit": Look(
        "saran", "/gestion/consultations/territoires-resilients/mobiliser/", "administrator", submit("Ajouter ce lieu")
    ),
    "kit-texts": Look("saran", "/gestion/consultations/territoires-resilients/mobiliser/textes/", "administrator"),
    "kit-sheets": Look("saran", "/gestion/consultations/territoires-resilients/mobiliser/feuilles/", "administrator"),
    "meetings": Look("saran", "/rendez-vous/"),
    "meeting": Look("saran", "/rendez-vous/2/", None, submit("Garder ma place")),
    "meeting-reported": Look("saran", "/rendez-vous/1/"),
    "desk-meetings": Look("saran", "/gestion/consultations/territoires-resilients/rendez-vous/", "administrator"),
    "desk-meeting": Look(
        "saran", "/gestion/consultations/territoires-resilients/rendez-vous/2/", "administrator", open_details
    ),
    "desk-meeting-over": Look("saran", "/gestion/consultations/territoires-resilients/rendez-vous/1/", "administrator"),
    "desk-meeting-new": Look(
        "saran",
        "/gestion/consultations/territoires-resilients/rendez-vous/nouveau/",
        "administrator",
        submit("Enregistrer"),
    ),
    "desk-meeting-people": Look(
        "saran", "/gestion/consultations/territoires-resilients/rendez-vous/2/inscrits/", "administrator"
    ),
    "desk-meeting-report": Look(
        "saran", "/gestion/consultations/territoires-resilients/rendez-vous/1/compte-rendu/", "administrator"
    ),
    "webhooks": Look("saran", "/gestion/webhooks/", "administrator"),
    "webhook-new": Look(
        "saran", "/gestion/webhooks/nouveau/", "administrator", submit("Ajouter et afficher le secret")
    ),
    "webhook": Look("saran", "/gestion/webhooks/1/", "administrator", open_details),
    "desk-preparing": Look("brest", "/gestion/", "administrator"),
}
