"""A city has the service moderate: an operator goes from the queue into its desk, decides, and is out once that ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.moderation.models import Case, Decision
from consultations.moderation.services.listing import list_for_the_service
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, Live
from tests.browser.people import come_in, go
from tests.browser.test_moderation_story import clean
from tests.moderation.factories import reported
from tests.participation.factories import ArgumentFactory

pytestmark = pytest.mark.browser


def test_from_the_queue_of_all_cities_into_one_and_out_again(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any]
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        before = Consultation.objects.get(is_current=True).moderated_by
        Consultation.objects.update(moderated_by=ModeratedBy.OPERATORS)
        case = reported(ArgumentFactory(text="Mon numéro, c’est le 02 61 91 04 17 : appelez-moi."))
        Case.objects.filter(pk=case.pk).update(due_at=timezone.now() - timedelta(hours=3))
        list_for_the_service()
        administrator = UserFactory(role=Role.ADMINISTRATOR)
    page, desk = open_page(DESKTOP), open_page(DESKTOP)
    come_in(page, live.public, visit(None, UserFactory(operator=True)))
    come_in(desk, site, visit(saran, administrator))

    page.goto(live.public + "/ops/moderation/")
    clean(page)
    go(page, "Lire et décider")  # the most urgent
    expect(page).to_have_url(f"{site}/gestion/moderation/{case.pk}/")
    clean(page)
    page.goto(f"{site}/gestion/consultations/territoires-resilients/cadre/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cette page n’existe pas")

    desk.goto(f"{site}/gestion/consultations/territoires-resilients/cadre/")
    clean(desk)
    go(desk, "Voir les entrées de Territoires résilients")
    expect(desk.get_by_role("row", name="Argument")).to_contain_text("Équipe de Territoires résilients, par délégation")
    clean(desk)
    with schema_context(saran.schema_name):
        Consultation.objects.update(moderated_by=before)
        list_for_the_service()
    page.goto(f"{site}/gestion/moderation/{case.pk}/")
    # The door; or, where the city has the service accompany it, no page: they are still a guest there.
    door, nothing = page.get_by_label("Votre adresse électronique"), page.get_by_text("Cette page n’existe pas")
    expect(door.or_(nothing)).to_be_visible()
    with schema_context(saran.schema_name):
        assert not Decision.objects.filter(case=case).exists()
