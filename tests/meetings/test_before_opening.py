"""A meeting of a consultation that nobody reads yet: prepared, and published once it is open."""

from collections.abc import Callable

from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from common.outbox import messages_of, send_event
from common.worklist import Asked
from consultations.framing.models import Challenge, Consultation
from consultations.framing.selectors import calendar_of, every_consultation
from consultations.framing.services.opening import may_close_again
from consultations.meetings.enums import Place
from consultations.meetings.models import Meeting
from consultations.meetings.week import meetings
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.framing.test_several import not_opened
from tests.meetings.factories import a_meeting, on_list


def verbs(city: Municipality) -> list[str]:
    found, at = every_consultation().get(), timezone.now()
    return [str(line.verb) for line in meetings(Asked(found, calendar_of(found, at=at), city, at))]


def test_a_meeting_is_published_once_people_can_read_it(visit: Callable[..., Client], in_saran: Municipality) -> None:
    slug = not_opened(in_saran).slug
    desk, meeting = (
        visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True),
        a_meeting(is_public=False, seats=30, text="Ce que l’on fera."),
    )
    meeting.subjects.create(challenge=Challenge.objects.earliest("pk"))
    path = f"/gestion/consultations/{slug}/rendez-vous/{meeting.pk}/"
    page = desk.get(path).content.decode()
    assert "une fois la consultation ouverte" in page
    assert f"{path}publier/" not in page
    for said in ("Ce que l’on fera", "une liste d’attente", "Il y est question de"):
        assert said in page
    refused = desk.post(f"{path}publier/")
    assert refused.status_code == 409
    assert "n’est pas encore ouverte" in refused.content.decode()
    assert Meeting.objects.get().is_draft
    assert not messages_of(send_event).filter(payload__event="meeting_published").exists()
    assert verbs(in_saran) == ["Voir le rendez-vous"]

    # Of a consultation that opened in a city that has not, either (one that was imported).
    Consultation.objects.update(opened_at=timezone.now())
    assert desk.post(f"{path}publier/").status_code == 409
    with schema_context("public"):
        Municipality.objects.update(opened_at=timezone.now())
    assert f"{path}publier/" in desk.get(path).content.decode()
    assert desk.post(f"{path}publier/").status_code == 302
    assert not Meeting.objects.get().is_draft


def test_one_that_was_published_is_announced_only_while_people_can_read_it(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    meeting = a_meeting()
    assert len(verbs(in_saran)) == 1
    slug = not_opened(in_saran).slug
    assert verbs(in_saran) == []
    desk = visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)
    page = desk.get(f"/gestion/consultations/{slug}/rendez-vous/{meeting.pk}/").content.decode()
    assert "fermée pour le moment" in page


def test_whoever_signed_up_keeps_the_consultation_open(in_saran: Municipality) -> None:
    meeting, consultation = a_meeting(), Consultation.objects.get()
    on_list(meeting, place=Place.ASKED)
    assert may_close_again(consultation)
    on_list(meeting)
    assert not may_close_again(consultation)
