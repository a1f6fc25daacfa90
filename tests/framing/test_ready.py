"""Each app says its conditions for opening; one page shows those that are missing, and what residents will find."""

from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from common.readiness import sources
from common.templatetags.ui import full_day
from common.worklist import Asked
from consultations.framing.models import Challenge, Consultation
from consultations.framing.selectors import calendar_of, every_consultation
from tenants.models import Municipality
from tests.accounts.factories import UserFactory

DESK = "/gestion/consultations/territoires-resilients"


def test_no_app_s_conditions_cost_more_than_it_says(in_saran: Municipality) -> None:
    at = timezone.now()
    # Too soon: people are still writing.
    promise = f"Nous répondrons le {full_day(timezone.localdate(at))}."
    Consultation.objects.update(opened_at=None, moderated_by="MODERATORS", documents_none=False, commitment=promise)
    found = every_consultation().get()
    asked = Asked(found, calendar_of(found, at=at), in_saran, at)
    apps = set()
    for source in sources:
        with CaptureQueriesContext(connection) as captured:
            assert list(source.find(asked)), source.find
        assert len(captured) <= source.queries, source.find
        apps.add(source.find.__module__.rpartition(".")[0])
    assert apps == {"tenants", "consultations.framing", "consultations.moderation"}


def test_the_page_says_who_answers_what_is_seen_and_until_when(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    Consultation.objects.update(opened_at=None, who_may_answer="Toute personne qui vit ici.")
    Challenge.objects.exclude(slug="sante").update(validated_at=None)
    begins = timezone.now() + timedelta(days=3)
    phase = Consultation.objects.get().phases.get(kind="PROPOSE")
    phase.opens_at, phase.closes_at = begins, begins + timedelta(days=40)
    phase.save()
    page = visit(in_saran, UserFactory(role=Role.OBSERVER), stays=True).get(f"{DESK}/ouverture/").content.decode()
    for words in ("Toute personne qui vit ici.", "se clôt toute seule", "Le conseil municipal", "Prêt à ouvrir"):
        assert words in page, words
    assert "/cadre/" not in page.partition("<main")[2]  # who may mend nothing gets no link to do it


def test_once_it_is_open_the_page_leads_to_the_week(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    client = visit(in_saran, UserFactory(administrator=True), stays=True)
    assert client.get(f"{DESK}/ouverture/").headers["Location"] == f"{DESK}/"


def test_the_list_and_the_week_lead_to_it(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    Consultation.objects.update(opened_at=None)
    client = visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)
    for path in ("/gestion/", "/gestion/consultations/"):
        assert f'href="{DESK}/ouverture/"' in client.get(path).content.decode(), path
