"""A service gives its opinion, three proposals are answered together and signed; an author reads it on a phone; a project
grows from them, has news, and leads back to whose argument changed it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from consultations.framing.models import Consultation
from consultations.framing.services.challenges import add_challenge
from consultations.framing.services.closing import close_consultation
from consultations.framing.services.consultations import schedule_phases
from consultations.framing.services.preparing import prepare_empty
from consultations.outcomes.models import AnswerVersion
from consultations.participation.counts import recount
from consultations.participation.enums import Verdict
from notifications.models import Notice
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in, follow, go
from tests.browser.test_moderation_story import clean
from tests.participation.factories import ArgumentFactory, VersionedProposalFactory
from tests.processes import eventually

pytestmark = pytest.mark.browser

ARGUMENT = "Mettez-la à hauteur d’enfant et de fauteuil, sinon elle ne sert qu’aux grands."
REASONS = "Nous posons deux fontaines avant l’été 2027. Le réseau d’eau y passe déjà."


def closed_consultation(city: Municipality, title: str) -> Consultation:
    """One that people have written in, and whose time to be answered has begun."""
    now = timezone.now()
    began = now - timedelta(days=40)
    made = prepare_empty(municipality=city, actor=None, title=title, question="Où manque-t-il de l’eau ?", at=began)
    schedule_phases(consultation=made, opens_at=began, closes_at=now + timedelta(days=5))
    Consultation.objects.filter(pk=made.pk).update(opened_at=began)
    add_challenge(
        consultation=made, actor=None, label=title, question="Où boire en ville ?", theme="ECOLOGY", summary="L’été."
    )
    made.challenges.update(validated_at=began, published_at=began)
    close_consultation(consultation=Consultation.objects.get(pk=made.pk), actor=None, at=now)
    return Consultation.objects.get(pk=made.pk)


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_from_a_proposal_to_an_answer_to_a_project_and_back(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any], javascript: bool
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    which = "avec" if javascript else "sans"
    with schema_context(saran.schema_name):
        consultation = closed_consultation(saran, f"De l’eau en ville, {which} script")
        challenge = consultation.challenges.get()
        author, arguer = UserFactory(), UserFactory(public_name=f"Roue libre {which}")
        titles = [f"{each}, {which} script" for each in ("Une fontaine place de la Halle", "De l’eau au marché")]
        proposals = [VersionedProposalFactory(challenge=challenge, author=author, title=each) for each in titles]
        ArgumentFactory(proposal=proposals[0], author=arguer, text=ARGUMENT, verdict=Verdict.TAKEN)
        recount()
        facilitator = UserFactory(role=Role.FACILITATOR, public_name=f"Nadia Ferhat {which}")
        service = UserFactory(role=Role.SERVICE, public_name=f"Paul Tessier {which}", function="Espaces verts")
        signer = UserFactory(role=Role.DECISION_MAKER, public_name=f"Hélène Vasseur {which}", function="Adjointe")
    desk, phone, hand, reader = (open_page(size, javascript=javascript) for size in (DESKTOP, PHONE, PHONE, PHONE))
    for page, person in ((desk, facilitator), (phone, service), (hand, signer), (reader, author)):
        come_in(page, site, visit(saran, person))

    def check(page: Page) -> None:
        if javascript:  # axe is a script
            clean(page)

    # A service is asked, and gives its opinion: it sees that and nothing else.
    answers = f"{site}/gestion/consultations/{consultation.slug}/reponses/"
    desk.goto(answers)
    check(desk)
    desk.locator("tr", has_text=titles[0]).locator("input[name=choix]").check(force=True)
    go(desk, "Demander un avis")
    desk.get_by_label("À qui vous demandez").select_option(str(service.pk))
    desk.get_by_label("Votre question").fill("Le réseau d’eau le permet-il ?")
    check(desk)
    go(desk, "Demander l’avis")
    phone.goto(f"{site}/gestion/avis/")
    check(phone)
    follow(phone.get_by_role("link", name=titles[0]))
    phone.get_by_text("Favorable, sous condition", exact=True).click()
    phone.get_by_label("Pourquoi, et à quelle condition").fill(
        "Le réseau passe sous la place. L’hiver, il faut couper."
    )
    check(phone)
    go(phone, "Donner mon avis")
    assert phone.goto(answers).status == 404  # type: ignore[union-attr]

    # Both are answered together, each with a sentence of its own.
    desk.goto(f"{answers}?etape=a-confier")
    expect(desk.locator("tr", has_text=titles[0])).to_contain_text("Favorable, sous condition")
    desk.goto(f"{answers}ensemble/?" + "&".join(f"choix={each.pk}" for each in proposals))
    desk.get_by_text("Retenue avec adaptation", exact=True).click()
    desk.get_by_label("Les raisons").fill(REASONS)
    desk.get_by_label(titles[0]).fill("Votre fontaine sera la première posée.")
    desk.get_by_label("Qui signe").select_option(str(signer.pk))
    check(desk)
    go(desk, "Les donner toutes à signer")

    # They are read and signed on a phone.
    hand.goto(f"{answers}signer/")
    check(hand)
    for box in hand.locator("input[name=choix]").all():
        box.check(force=True)
    go(hand, "Signer et publier")
    with schema_context(saran.schema_name):
        versions = AnswerVersion.objects.filter(answer__proposal__in=proposals)
        assert versions.count() == 2
        assert set(versions.values_list("signed_name", flat=True)) == {signer.public_name}

    # The author is told, once, and reads it on a phone.
    def told() -> int:
        with schema_context(saran.schema_name):
            return Notice.objects.filter(user=author).count()

    eventually(lambda: told() > 0)
    reader.goto(f"{site}{proposals[0].get_absolute_url()}")
    expect(reader.locator("#reponse")).to_be_visible()
    expect(reader.get_by_text("Votre fontaine sera la première posée.")).to_be_visible()
    expect(reader.get_by_text(signer.public_name).first).to_be_visible()
    expect(reader.get_by_text(ARGUMENT)).to_be_visible()
    check(reader)
    reader.goto(f"{site}/consultations/{consultation.slug}/reponses/")
    expect(reader.get_by_role("link", name=titles[0]).first).to_be_visible()
    check(reader)

    # A project grows from it, and has news.
    desk.goto(f"{site}/gestion/consultations/{consultation.slug}/projets/")
    go(desk, "Préparer un projet")
    desk.get_by_label(titles[0]).check()
    desk.get_by_label("Nom du projet").fill(f"Deux fontaines, {which} script")
    desk.get_by_label("Ce qui sera fait").fill("Deux fontaines à hauteur d’enfant, avant l’été.")
    check(desk)
    go(desk, "Le préparer")
    go(desk, "Publier ce projet")
    desk.get_by_label("Titre").fill("Le trou est creusé")
    desk.get_by_label("Ce qu’il y a de nouveau").fill("Le raccord est fait. La fontaine arrive en avril.")
    check(desk)
    go(desk, "Publier la nouvelle")

    # And it is walked back, from the proposal to the project to the argument.
    reader.goto(f"{site}{proposals[0].get_absolute_url()}")
    follow(reader.get_by_role("link", name=f"Deux fontaines, {which} script").first)
    expect(reader.get_by_text("Le trou est creusé")).to_be_visible()
    roots = reader.locator("#racines")
    expect(roots.locator(".thanks")).to_contain_text(arguer.public_name)
    check(reader)
    follow(roots.get_by_role("link", name=ARGUMENT[:20]).first)
    expect(reader.get_by_text(ARGUMENT).first).to_be_visible()
