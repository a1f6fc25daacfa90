"""What *Abonnement* says is true in the state in which the city is (tests.browser.billed)."""

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from billing.enums import DifferenceCode
from billing.models import Account, AnsweredObjection, Difference
from billing.services import objections
from billing.services.reconciliation import label_of
from onboarding.directory.loading import SHIPPED
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.billing.purchases import buyer
from tests.billing.test_owed_page import seen
from tests.browser.billed import ANSWER, bring_to


@pytest.mark.parametrize(
    ("stage", "says", "keeps_still"),
    [
        ("nothing", "d’un à quatre ans", "Ce que vous payez"),
        ("quoted", "pour 3 ans", "pour un an"),
        ("card_to_pay", "marquée payée, avec un reçu", "La même carte"),
        ("number_asked", "Il reste à donner le numéro d’engagement", "Vous n’avez rien à faire"),
        ("to_pay", "demandé 60 jours avant", "Il reste à donner"),
        ("renewal_quoted", "Pour renouveler 2 ans", "Pour renouveler un an"),
        ("to_renew", "Pour continuer, renouvelez-le", "vous ne le renouvelez pas"),
        ("declined", "vous ne le renouvelez pas", "Pour continuer, renouvelez-le"),
    ],
)
def test_what_is_said_is_so(desk: Client, stage: str, says: str, keeps_still: str) -> None:
    bring_to(stage)
    page = seen(desk)
    assert says in page
    assert keeps_still not in page


def test_the_population_says_where_it_is_from(desk: Client) -> None:
    assert f"-{settings.POPULATION_YEAR}." in SHIPPED.name
    said = f"population Insee, répertoire de {settings.POPULATION_YEAR}"
    assert said in seen(desk)
    bring_to("quoted")
    assert said in seen(desk)
    Account.objects.get().quotes.update(made_by_operator=True)  # who may have typed it
    assert said not in seen(desk)


def test_each_objection_stays_with_its_day_and_answer(desk: Client, saran: Municipality) -> None:
    bring_to("late")
    account, operator = Account.objects.select_related("municipality").get(), UserFactory(operator=True)
    now = timezone.now()
    for words, answer in (("Elle a été payée deux fois.", "Une seule l’a été."), ("Voici l’autre.", "Merci, vu.")):
        objections.object_to(account, words, actor=operator, at=now)
        page = seen(desk)
        assert words in page
        assert page.index(words) < page.index("Pour payer la facture") < page.index(ANSWER)
        objections.settle_objection(account, answer, operator=operator, at=now)
    page = seen(desk)
    for said in ("Elle a été payée deux fois.", "Une seule l’a été.", "Voici l’autre.", "Merci, vu.", ANSWER):
        assert page.count(said) == 1
    assert "Vous n’êtes pas d’accord avec une facture" in page


def test_what_was_answered_before_there_was_a_place_for_it_is_kept(saran: Municipality) -> None:
    account = buyer(saran, objection="Elle n’est pas due.", objected_at=timezone.now(), objected_by=7)
    account.objection_answer, account.objection_settled_at = "Si, depuis mai.", timezone.now()
    asked = {"Account": SimpleNamespace(objects=SimpleNamespace(filter=lambda **kwargs: [account]))}
    asked["AnsweredObjection"] = AnsweredObjection  # type: ignore[assignment]
    migration = import_module("billing.migrations.0023_answered_objections")
    migration.keep_answered(SimpleNamespace(get_model=lambda app, name: asked[name]), None)
    kept = account.answered_objections.get()
    assert (kept.words, kept.answer) == ("Elle n’est pas due.", "Si, depuis mai.")
    account.refresh_from_db()
    assert (account.is_objected, account.objection, account.objected_by) == (False, "", None)


@pytest.mark.parametrize(
    ("code", "facts", "label"),
    [
        (DifferenceCode.INVOICE_DIFFERS, {"settled": [True, False]}, "Dire à Stripe qu’elle est payée"),
        (DifferenceCode.INVOICE_DIFFERS, {"paid": [1, 2]}, "Relire chez Stripe"),
        (DifferenceCode.SUBSCRIPTION_DIFFERS, {"vat": [2000, 850]}, "Dire à Stripe notre taux de TVA"),
    ],
)
def test_the_button_of_a_difference_says_what_it_does(code: str, facts: dict[str, list[int]], label: str) -> None:
    assert str(label_of(Difference(code=code, facts=facts))) == label


@pytest.mark.parametrize(("stage", "has_menu"), [("by_link", False), ("by_link_open", True)])
def test_the_accountant_of_a_city_that_is_not_open_is_led_to_no_page_of_it(
    saran: Municipality, visit: Callable[..., Client], stage: str, has_menu: bool
) -> None:
    token = bring_to(stage)
    saran.refresh_from_db()
    page = visit(saran).get(f"/bon-de-commande/{token}/", follow=True).content.decode()
    assert "Le bon de commande" in page
    assert ("site-nav" in page) is has_menu
    assert ("Sur trois ans" in page) is has_menu
    assert "par mandat, 30" in page


def test_who_renews_what_a_card_pays_is_told_of_the_card(saran: Municipality, visit: Callable[..., Client]) -> None:
    token = bring_to("by_link_renewal")
    page = visit(saran).get(f"/bon-de-commande/{token}/", follow=True).content.decode()
    assert "par la même carte" in page
    assert "par mandat" not in page
