"""On a phone, with JavaScript and without: two residents argue, the author reworks, they confirm or change their mind."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from consultations.participation.models import Proposal, ProposalVersion, Reaction
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.axe import findings
from tests.browser.conftest import Live
from tests.browser.people import come_in, follow, go, press
from tests.browser.test_resident_story import both_ways, in_column
from tests.participation.factories import ProposalFactory
from tests.processes import eventually

pytestmark = pytest.mark.browser

FOR = "Le soir, ma fille étouffe au troisième étage : une cour ouverte, et elle dort enfin."
IMPROVE = "Ouvrez aussi les toilettes de l’école, sinon personne ne reste plus d’une demi-heure."
REPLY = "C’est vrai, avec des petits c’est la première question que l’on se pose."
REASON = "Vous avez raison, je l’ajoute."
ADDED = "Les toilettes restent ouvertes aussi."
NOTE = "J’ajoute les toilettes, demandées dans les arguments."


@both_ways
def test_arguments_change_a_proposal(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any], javascript: bool
) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        title = f"Une cour ouverte le soir, {'avec' if javascript else 'sans'} script"
        proposal = ProposalFactory(title=title, author__public_name="Mésange bleue")
        ProposalVersion.objects.create(
            proposal=proposal,
            number=1,
            title=title,
            solution=proposal.solution,
            problem=proposal.problem,
            benefit=proposal.benefit,
        )
        author, first, second = proposal.author, UserFactory(public_name="Roue"), UserFactory(public_name="Tilia")
    address = live.city("saran") + proposal.get_absolute_url()
    pages = [open_page(javascript=javascript) for _person in range(3)]
    for page, person in zip(pages, (author, first, second), strict=True):
        come_in(page, live.city("saran"), visit(saran, person))
    writer, roue, tilia = pages

    react_and_argue(roue, address, "J’aime", FOR, in_place=javascript)
    expect(in_column(roue, "Pour", FOR)).to_be_visible()
    skip_then_improve(tilia, address)
    find_useful_and_reply(roue, address)

    answer_in_the_workshop(writer, live, title, javascript=javascript)
    publish_the_next_version(writer, proposal.solution, javascript=javascript)

    # Nobody's support was carried over to a text that they have not seen.
    with schema_context(saran.schema_name):
        assert current_likes(proposal) == (1, 0)
    hear_of_it(roue, live, title)
    see_what_changed_and_confirm(roue)
    with schema_context(saran.schema_name):
        assert current_likes(proposal) == (1, 1)
    change_ones_mind(tilia, address)
    with schema_context(saran.schema_name):
        assert current_likes(proposal) == (2, 2)
        assert set(Reaction.objects.filter(proposal=proposal).values_list("value", "version")) == {("LIKE", 2)}


def current_likes(proposal: Proposal) -> tuple[int, int]:
    proposal.refresh_from_db()
    return proposal.like_count, proposal.current_like_count


def clean(page: Page) -> None:
    """Axe needs scripts to run: the pages of the visit without JavaScript are the same."""
    if page.evaluate("matchMedia('(scripting: enabled)').matches"):
        found = findings(page, page.url)
        assert not found, "\n".join(found)


def react_and_argue(page: Page, address: str, reaction: str, text: str, *, in_place: bool) -> None:
    page.goto(address)
    page.evaluate("window.stayed = true")
    page.get_by_role("button", name=re.compile(rf"^\W*{reaction}")).click()
    expect(page.get_by_role("heading", name="Dites pourquoi, en une phrase ou deux")).to_be_visible()
    assert page.evaluate("Boolean(window.stayed)") is in_place
    clean(page)
    page.get_by_label("Votre argument").fill(text)
    press(page, "Publier mon argument")
    expect(page.get_by_text("Votre argument est publié.")).to_be_visible()


def skip_then_improve(page: Page, address: str) -> None:
    """The reaction is enough, with one gesture; an argument can still come."""
    page.goto(address)
    press(page, "Avis partagé")
    press(page, "Passer, ma réaction suffit")
    expect(page.get_by_role("heading", name="Dites pourquoi, en une phrase ou deux")).to_be_hidden()
    expect(page.get_by_role("button", name="Avis partagé")).to_have_attribute("aria-pressed", "true")
    press(page, "Dire pourquoi")
    expect(page.get_by_role("radio", name="pour améliorer")).to_be_checked()
    page.get_by_label("Votre argument").fill(IMPROVE)
    press(page, "Publier mon argument")
    expect(page.get_by_text("Votre argument est publié.")).to_be_visible()


def find_useful_and_reply(page: Page, address: str) -> None:
    page.goto(address)
    argument = page.get_by_role("article").filter(has_text=IMPROVE)
    argument.get_by_role("button", name="Utile").click()
    expect(argument.get_by_role("button", name="Utile, 1")).to_have_attribute("aria-pressed", "true")
    argument.get_by_role("link", name="Répondre").click()
    page.get_by_label("Votre réponse").fill(REPLY)
    press(page, "Publier ma réponse")
    expect(page.get_by_text(REPLY)).to_be_visible()


def answer_in_the_workshop(page: Page, live: Live, title: str, *, javascript: bool) -> None:
    """From what one can do next, to the inbox: one argument is taken up, with a reason."""
    page.goto(live.city("saran") + "/ma-participation/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    clean(page)
    follow(page.locator("main a[href$='/atelier/']").first)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    clean(page)
    card = page.locator(".inbox__item").filter(has_text=IMPROVE)
    card.get_by_text("Je reprends", exact=True).click()
    card.get_by_label(re.compile("^Pourquoi")).fill(REASON)
    card.get_by_role("button", name="Publier ma réponse").click()
    expect(page.get_by_text("Merci à Tilia")).to_be_attached()


def publish_the_next_version(page: Page, solution: str, *, javascript: bool) -> None:
    show_the_text(page)
    page.get_by_label("La solution").fill(f"{solution} {ADDED}")
    if javascript:
        expect(page.locator("#difference-solution ins")).to_contain_text(ADDED)
    go(page, "Publier la version 2")
    # The note is missing: nothing typed is lost.
    expect(page.locator(".field-errors").first).to_be_attached()
    show_the_text(page)
    expect(page.get_by_label("La solution")).to_have_value(f"{solution} {ADDED}")
    page.get_by_label(re.compile("^Ce qui change")).fill(NOTE)
    go(page, "Publier la version 2")
    expect(page.get_by_text(NOTE)).to_be_visible()
    expect(page.get_by_text("Version 2, améliorée avec l’aide de Tilia")).to_be_visible()
    expect(page.locator(".aside.for-readers")).to_be_hidden()  # what helps is said to others
    clean(page)


def show_the_text(page: Page) -> None:
    """On a phone the arguments and the text take turns."""
    page.get_by_text("Le texte", exact=True).click()


def hear_of_it(page: Page, live: Live, title: str) -> None:
    """The worker has told those who reacted."""

    def arrived() -> bool:
        page.goto(live.city("saran") + "/nouvelles/")
        return page.get_by_role("listitem").filter(has_text=title).filter(has_text="version").count() > 0

    assert eventually(arrived, within=60)
    clean(page)
    go(page, "Voir ce qui change et confirmer")


def see_what_changed_and_confirm(page: Page) -> None:
    expect(page.get_by_text("Le texte a changé depuis votre réaction")).to_be_visible()
    expect(page.locator(".aside.for-readers")).to_be_visible()
    clean(page)
    press(page, "Voir ce qui a changé")
    expect(page.locator("#difference .diff ins")).to_contain_text(ADDED)
    clean(page)
    page.go_back()
    press(page, "Confirmer « J’aime »")
    expect(page.locator("#reaction-like")).to_contain_text("dont 1 sur cette version")
    expect(page.get_by_text("Le texte a changé depuis votre réaction")).to_be_hidden()


def change_ones_mind(page: Page, address: str) -> None:
    page.goto(address)
    press(page, "J’aime")
    expect(page.locator("#reaction-like")).to_contain_text("dont 2 sur cette version")
