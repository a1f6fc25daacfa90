"""A second consultation is framed with the service: it asks in the margin, the city answers, both validate; a document
is uploaded, then replaced."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context
from playwright.sync_api import FilePayload, Page, expect

from accounts.enums import Role
from consultations.framing.models import Challenge, Consultation, Document
from consultations.framing.services.preparing import prepare_from_earlier
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in, follow, go
from tests.browser.test_city_story import status
from tests.browser.test_moderation_story import clean
from tests.framing.test_files import a_pdf

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_second_consultation_is_framed_with_the_service(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any], javascript: bool
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    title = "Nos rues d’hiver" if javascript else "Nos rues d’été"
    with schema_context(saran.schema_name):
        first = Consultation.objects.get(is_current=True)
        new = prepare_from_earlier(earlier=first, municipality=saran, actor=None, title=title, at=timezone.now())
        challenge: Challenge = new.challenges.order_by("position")[0]
        administrator = UserFactory(role=Role.ADMINISTRATOR, public_name="Nadia Ferhat" if javascript else "Nora Petit")
    name = "Inès Karoui" if javascript else "Iris Karoui"
    desk = open_page(DESKTOP if javascript else PHONE, javascript=javascript)
    service = open_page(PHONE if javascript else DESKTOP, javascript=javascript)
    come_in(desk, site, visit(saran, administrator))
    come_in(service, live.public, visit(None, UserFactory(operator=True, public_name=name)))

    def check(page: Page) -> None:
        if javascript:  # axe is a script
            clean(page)

    # The city asks for it; the service comes in by its list.
    challenges = f"{site}/gestion/consultations/{new.slug}/defis/"
    desk.goto(challenges)
    if desk.get_by_role("button", name="Demander l’accompagnement").count():
        go(desk, "Demander l’accompagnement")
        expect(desk.get_by_text("L’équipe du service peut maintenant entrer")).to_be_visible()
    service.goto(f"{live.public}/ops/cadrage/")
    check(service)
    go(service, "Lire les défis")
    service.goto(challenges)
    check(service)
    follow(service.get_by_role("link", name=challenge.question))
    check(service)

    # A question in the margin, with the keyboard alone.
    figures = service.locator("#figures")
    figures.locator("summary", has_text="Commenter").focus()
    service.keyboard.press("Enter")
    figures.get_by_label("Votre commentaire").focus()
    service.keyboard.type("D’où viennent ces chiffres ?")
    service.keyboard.press("Tab")
    with service.expect_navigation():
        service.keyboard.press("Enter")
    expect(service.locator("#figures .margin-note")).to_contain_text("D’où viennent ces chiffres")

    # The city reads it beside the field, answers and settles it.
    page = f"{challenges}{challenge.slug}/"
    desk.goto(challenges)
    expect(desk.locator(f"#challenge-{challenge.slug}")).to_contain_text("1 commentaire ouvert")
    desk.goto(page)
    note = desk.locator("#figures .margin-note").first
    expect(note).to_contain_text(name)
    text, beside = desk.locator("#figures .margin-field__text").bounding_box(), note.bounding_box()
    assert text
    assert beside
    is_beside = beside["x"] >= text["x"] + text["width"]
    assert is_beside if javascript else beside["y"] >= text["y"] + text["height"]
    desk.locator("#figures summary", has_text="Répondre").click()
    desk.locator("#figures").get_by_label("Votre commentaire").first.fill("De nos services techniques.")
    follow(desk.locator("#figures").get_by_role("button", name="Envoyer ma réponse"))
    check(desk)
    follow(desk.locator("#figures").get_by_role("button", name="C’est réglé"))
    desk.locator("#figures .margin-settled > summary").click()
    expect(desk.locator("#figures")).to_contain_text("De nos services techniques.")

    # Both validate, and a change takes both marks off.
    go(desk, "Valider pour Saran")
    expect(desk.get_by_text("Saran a validé")).to_be_visible()
    service.goto(page)
    follow(service.get_by_role("button", name="Valider pour"))
    expect(service.locator(".accords")).to_contain_text(name)
    desk.goto(f"{page}modifier/")
    expect(desk.get_by_text("les deux accords sont retirés")).to_be_visible()
    check(desk)

    # A document, then a newer one.
    upload_and_replace(desk, f"{site}/gestion/consultations/{new.slug}/documents/", check)
    with schema_context(saran.schema_name):
        document = Document.objects.get(consultation=new, is_file=True)
    assert status(open_page(javascript=javascript), f"{site}/documents/{document.pk}/") == 404, "but for the team"


def upload_and_replace(desk: Page, documents: str, check: Callable[[Page], None]) -> None:
    desk.goto(documents)
    go(desk, "Ajouter un fichier")
    check(desk)
    desk.get_by_label("Titre").fill("Le diagnostic de nos rues")
    disguised: FilePayload = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"<script>alert(1)</script>"}
    desk.get_by_label("Le fichier").set_input_files(disguised)
    go(desk, "Ajouter ce fichier")
    expect(desk.locator("#id_file_error")).to_contain_text("Ce fichier n’est pas de ceux")
    expect(desk.get_by_label("Titre")).to_have_value("Le diagnostic de nos rues")
    desk.get_by_label("Le fichier").set_input_files(pdf("Version une"))
    go(desk, "Ajouter ce fichier")
    expect(desk.get_by_text("Le fichier est parmi les documents à lire.")).to_be_visible()
    check(desk)
    follow(desk.get_by_role("link", name="Version 1 du"))
    desk.get_by_label("Le fichier").set_input_files(pdf("Version deux"))
    go(desk, "Remplacer")
    expect(desk.get_by_role("link", name="Version 2")).to_be_visible()
    check(desk)


def pdf(words: str) -> FilePayload:
    return {"name": "diagnostic.pdf", "mimeType": "application/pdf", "buffer": a_pdf(words)}
