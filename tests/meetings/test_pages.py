"""Meetings on pages: from the announcement to the report, without an account."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from accounts.enums import Role
from accounts.tasks import send_mail
from common.outbox import messages_of
from consultations.framing.models import Challenge, Consultation, LegalIdentity
from consultations.meetings.enums import Place
from consultations.meetings.models import Attendee, Meeting
from consultations.meetings.services.links import token_of
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.meetings.factories import a_meeting, on_list, told
from tests.participation.factories import ProposalFactory
from tests.tenants.test_lifecycle import put


@pytest.fixture
def anybody(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, stays=True)


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)


def tree() -> str:
    return f"/gestion/consultations/{Consultation.objects.get(is_current=True).slug}/rendez-vous/"


def typed(**more: Any) -> dict[str, Any]:
    begins = timezone.localtime() + timedelta(days=9)
    return {
        "kind": "WORKSHOP",
        "title": "De l’ombre pour la cour de l’école",
        "text": "Par petits groupes.",
        "begins_at": begins.strftime("%Y-%m-%dT18:30"),
        "ends_at": begins.strftime("%Y-%m-%dT20:00"),
        "place": "Salle des fêtes",
        "wheelchair": "on",
        "signs_up": "on",
        "seats": "2",
        "revision": "0",
        **more,
    }


def page_of(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_from_the_form_to_the_home_and_the_challenge(desk: Client, anybody: Client) -> None:
    challenge = Challenge.objects.get(slug="ecologie")
    made = desk.post(f"{tree()}nouveau/", typed(about=[challenge.pk]))
    meeting = Meeting.objects.get()
    assert made.headers["Location"] == f"{tree()}{meeting.pk}/"
    for path in ("/", "/defis/ecologie/", "/rendez-vous/"):
        assert meeting.title not in page_of(anybody, path)
    assert anybody.get(meeting.get_absolute_url()).status_code == 404
    assert desk.post(f"{tree()}{meeting.pk}/publier/").status_code == 302
    for path in ("/", "/defis/ecologie/", "/rendez-vous/"):
        assert meeting.title in page_of(anybody, path), path
    page = page_of(anybody, meeting.get_absolute_url())
    assert "de 18\u00a0h\u00a030 à 20\u00a0h" in page
    assert "Accessible en fauteuil roulant" in page
    assert "2 places restantes" in page
    assert challenge.question in page


def test_what_was_typed_stays_beside_what_is_wrong(desk: Client) -> None:
    refused = desk.post(f"{tree()}nouveau/", typed(begins_at="2020-01-01T10:00", seats="10000", title="Un rendez-vous"))
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Ce moment est passé" in page
    assert "Un rendez-vous" in page
    skipped = desk.post(f"{tree()}nouveau/", typed(begins_at="2027-03-28T02:30", ends_at="2027-03-28T04:30"))
    assert "n’existe pas" in skipped.content.decode()
    assert not Meeting.objects.exists()


def test_all_that_is_wrong_is_said_at_once_beside_its_field(desk: Client) -> None:
    wrong = typed(
        begins_at="2020-01-01T10:00", ends_at="2020-01-01T09:00", seats="10000", title="Non", place="", kind="BALL"
    )
    page = desk.post(f"{tree()}nouveau/", wrong).content.decode()
    for field, words in [
        ("kind", "l’une des réponses"),
        ("title", "Ajoutez"),
        ("begins_at", "Ce moment est passé"),
        ("ends_at", "La fin précède"),
        ("place", "Dites où"),
        ("seats", "De 1 à"),
    ]:
        for where in (rf'<li><a href="#id_{field}">.*?</li>', rf'id="id_{field}_error".*?</ul>'):
            assert words in re.search(where, page, re.DOTALL)[0], (field, where)  # type: ignore[index]
    for value in ("2020-01-01T10:00", "10000", "Non", "Par petits groupes."):
        assert value in page

    meeting = a_meeting()
    on_list(meeting), on_list(meeting)
    wrong = typed(seats="1", place="  ", title="Non", revision=str(meeting.revision))
    del wrong["signs_up"]
    page = desk.post(f"{tree()}{meeting.pk}/modifier/", wrong).content.decode()
    for field in ("title", "place", "signs_up", "seats"):
        assert f'<a href="#id_{field}">' in page, field
    entered = desk.post(f"{tree()}{meeting.pk}/inscrits/ajouter/", {"name": "A", "phone": "demain"}).content.decode()
    assert '<a href="#id_name">' in entered
    assert '<a href="#id_phone">' in entered


def link_of(mail: dict[str, Any]) -> str:
    return re.search(r"/rendez-vous/inscription/\S+", mail["body"])[0]  # type: ignore[index]


def test_somebody_without_an_account_signs_up_confirms_and_cancels(anybody: Client) -> None:
    meeting = a_meeting(seats=1)
    asked = anybody.post(f"{meeting.get_absolute_url()}inscription/", {"name": "Ada", "email": "ada@example.org"})
    assert "ada@example.org" in page_of(anybody, asked.headers["Location"])
    clean = anybody.get(link_of(messages_of(send_mail).get().payload)).headers["Location"]
    assert "Confirmez votre inscription" in page_of(anybody, clean)
    assert Attendee.objects.get().place == Place.ASKED
    assert "Votre place est gardée" in anybody.post(clean, {"do": "confirm"}).content.decode()
    assert "Toutes les places sont prises" in page_of(anybody, meeting.get_absolute_url())
    assert "est annulée" in anybody.post(clean, {"do": "cancel"}).content.decode()
    assert not Attendee.objects.exists()
    again = anybody.post(clean, {"do": "cancel"})
    assert (again.status_code, "n’existe plus" in again.content.decode()) == (410, True)


def test_the_answer_is_the_same_whoever_is_on_the_list_and_a_mailbox_is_written_to_three_times(
    anybody: Client,
) -> None:
    meeting = a_meeting()
    on_list(meeting, email="ada@example.org")
    answers = []
    for email in ("ada@example.org", "luc@example.org"):
        asked = anybody.post(f"{meeting.get_absolute_url()}inscription/", {"name": "Ada", "email": email})
        answers.append(page_of(anybody, asked.headers["Location"]).replace(email, "…"))
    assert re.sub(r"csrf\S+|nonce-\S+", "", answers[0]) == re.sub(r"csrf\S+|nonce-\S+", "", answers[1])
    refused = [
        anybody.post(f"{meeting.get_absolute_url()}inscription/", {"name": "Ada", "email": f"ada+{each}@example.org"})
        for each in range(3)
    ]
    assert [each.status_code for each in refused] == [302, 302, 429]


def test_whoever_has_no_mailbox_is_told_the_number_of_the_city_where_it_has_one(anybody: Client) -> None:
    address = a_meeting().get_absolute_url()
    LegalIdentity.objects.update_or_create(pk=LegalIdentity.ONLY, defaults={"phone": ""})
    assert "Faites écrire à" in anybody.get(address).content.decode()
    LegalIdentity.objects.update(phone="02 38 80 34 00")
    assert "Appelez le 02 38 80 34 00" in anybody.get(address).content.decode()


def test_a_wrong_address_is_said_beside_its_field(anybody: Client) -> None:
    meeting = a_meeting()
    refused = anybody.post(f"{meeting.get_absolute_url()}inscription/", {"name": "Ada Lovelace", "email": "ada@"})
    assert refused.status_code == 422
    assert "Ada Lovelace" in refused.content.decode()


def test_the_file_for_a_calendar_says_where_when_and_that_it_is_cancelled(anybody: Client, desk: Client) -> None:
    meeting = a_meeting(title="De l’ombre; des bancs, de l’eau")
    found = anybody.get(f"{meeting.get_absolute_url()}rendez-vous.ics").content.decode()
    assert f"DTSTART:{meeting.begins_at:%Y%m%dT%H%M%SZ}" in found
    assert "SUMMARY:De l’ombre\\; des bancs\\, de l’eau" in found
    assert "LOCATION:Salle des fêtes\\, 1 place de la Liberté" in found
    assert "STATUS" not in found
    assert "TRANSP" not in found
    assert desk.post(f"{tree()}{meeting.pk}/annuler/", {"why": "Non"}).status_code == 422
    desk.post(f"{tree()}{meeting.pk}/annuler/", {"why": "La salle est fermée."})
    for path in (f"{meeting.get_absolute_url()}rendez-vous.ics", "/rendez-vous.ics"):
        assert "STATUS:CANCELLED" in anybody.get(path).content.decode()
    assert "La salle est fermée." in page_of(anybody, meeting.get_absolute_url())
    assert meeting.title not in page_of(anybody, "/")
    listed = page_of(anybody, "/rendez-vous/").split(meeting.title, 1)[1].split("</li>", 1)[0]
    assert "<strong>Annulé.</strong>" in listed, "whoever comes back to the list reads that it does not take place"


def test_a_calendar_that_has_not_changed_is_not_sent_again_and_says_where_it_is_followed(anybody: Client) -> None:
    meeting = a_meeting(url="https://visio.example.org/abc")
    for path in (f"{meeting.get_absolute_url()}rendez-vous.ics", "/rendez-vous.ics"):
        found = anybody.get(path)
        assert "À distance : https://visio.example.org/abc" in found.content.decode().replace("\r\n ", "").replace(
            "\u00a0:", " :"
        )
        assert anybody.get(path, headers={"If-None-Match": found.headers["ETag"]}).status_code == 304


def test_of_a_meeting_on_the_web_alone_nobody_is_told_to_ask_before_coming(anybody: Client) -> None:
    nothing = {"wheelchair": False, "url": "https://visio.example.org/abc"}
    afar = a_meeting(**nothing, place="", address="")
    assert "Pour venir" not in page_of(anybody, afar.get_absolute_url())
    there = a_meeting(**nothing)
    assert "demandez-lui avant de venir" in page_of(anybody, there.get_absolute_url())


def test_at_the_door_each_is_ticked_by_one_press_and_the_sheet_has_names_alone(desk: Client) -> None:
    meeting = a_meeting(ago=-timedelta(hours=1))
    ada = on_list(meeting, name="Ada Lovelace", email="ada@example.org")
    other = on_list(a_meeting())
    page = page_of(desk, f"{tree()}{meeting.pk}/inscrits/")
    assert "ada@example.org" in page
    for _twice in range(2):
        desk.post(f"{tree()}{meeting.pk}/inscrits/{ada.pk}/", {"do": "came"})
    ada.refresh_from_db()
    assert ada.came
    assert desk.post(f"{tree()}{meeting.pk}/inscrits/{other.pk}/", {"do": "came"}).status_code == 404
    sheet = PdfReader(BytesIO(desk.get(f"{tree()}{meeting.pk}/inscrits/feuille.pdf").content))
    printed = sheet.pages[0].extract_text()
    assert "Ada Lovelace" in printed
    assert "example.org" not in printed


def test_a_report_is_read_where_the_meeting_was_and_those_on_the_list_are_told_once(
    desk: Client, anybody: Client
) -> None:
    meeting = a_meeting(ago=timedelta(hours=3))
    for _each in range(6):
        on_list(meeting, came=True)
    proposal = ProposalFactory()
    report = f"{tree()}{meeting.pk}/compte-rendu/"
    given = {"text": "Trente idées pour l’ombre, dont une pergola.", "document": "", "others_came": "3"}
    assert desk.post(report, {**given, "text": "Court", "revision": "0"}).status_code == 422
    assert desk.post(report, {**given, "revision": "0"}).status_code == 302
    conflict = desk.post(report, {**given, "text": "Un autre compte rendu, plus long.", "revision": "0"})
    assert (conflict.status_code, "pergola" in conflict.content.decode()) == (409, True)
    assert desk.post(report, {**given, "revision": "1"}).status_code == 302
    assert told(meeting) == ["REPORT"]
    for typed_number in (str(proposal.pk), f"https://saran.example{proposal.get_absolute_url()}"):
        assert desk.post(f"{tree()}{meeting.pk}/contributions/", {"written": typed_number}).status_code == 302
    for wrong in ("987654321", "bonjour", "9" * 300):
        assert desk.post(f"{tree()}{meeting.pk}/contributions/", {"written": wrong}).status_code == 422, wrong
    page = page_of(anybody, meeting.get_absolute_url())
    assert "pergola" in page
    assert "9 personnes sont venues" in page
    assert page.count(proposal.title) == 1
    assert meeting.title in page_of(anybody, proposal.get_absolute_url())
    assert f"{meeting.get_absolute_url()}#compte-rendu" in page_of(anybody, "/")
    assert desk.post(f"{tree()}{meeting.pk}/contributions/{meeting.said.get().pk}/retirer/").status_code == 302
    assert not meeting.said.exists()


def test_what_is_chosen_is_of_the_consultation_alone(desk: Client) -> None:
    """Its challenges, its documents: those of another are not among what can be ticked."""
    other = Consultation.objects.create(slug="autre", title="Autre")
    challenge = other.challenges.create(slug="ailleurs", question="Ailleurs ?")
    document = other.documents.create(title="Ailleurs", text="Mots")
    assert desk.post(f"{tree()}nouveau/", typed(about=[challenge.pk])).status_code == 422
    meeting = a_meeting(ago=timedelta(hours=3))
    given = {"text": "Trente idées pour l’ombre, dont une pergola.", "others_came": "3", "revision": "0"}
    assert desk.post(f"{tree()}{meeting.pk}/compte-rendu/", {**given, "document": document.pk}).status_code == 422


def test_a_name_that_is_too_short_is_said_beside_its_field(anybody: Client) -> None:
    meeting = a_meeting()
    anybody.post(f"{meeting.get_absolute_url()}inscription/", {"name": "Ada", "email": "ada@example.org"})
    clean = anybody.get(link_of(messages_of(send_mail).get().payload)).headers["Location"]
    refused = anybody.post(clean, {"do": "confirm", "name": "A"})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert '<a href="#id_name">' in page
    assert 'id="id_name_error"' in page
    assert 'value="A"' in page
    assert Attendee.objects.get().place == Place.ASKED
    assert "Votre place est gardée" in anybody.post(clean, {"do": "confirm", "name": "Ada Byron"}).content.decode()
    assert Attendee.objects.get().name == "Ada Byron"
    assert anybody.post(clean, {"do": "confirm", "name": "A"}).status_code == 200, "pressed twice"


def test_own_participation_leads_to_ones_place(visit: Callable[..., Client], in_saran: Municipality) -> None:
    user, meeting = UserFactory(email="ada@example.org"), a_meeting()
    person = on_list(meeting, email="ada@example.org")
    assert token_of(person) in page_of(visit(in_saran, user, stays=True), "/ma-participation/")


def test_the_home_leads_to_what_is_to_come_and_to_reports_of_the_last_weeks(anybody: Client) -> None:
    a_meeting(title="Celui qui vient"), a_meeting(ago=timedelta(days=3), title="Passé sans compte rendu")
    lately, before = (a_meeting(ago=timedelta(days=days), title=f"Il y a {days} jours") for days in (5, 70))
    Meeting.objects.filter(pk__in=[lately.pk, before.pk]).update(report="Des mots.", reported_at=timezone.now())
    home = page_of(anybody, "/")
    shown = [title in home for title in ("Celui qui vient", "Passé sans", "Il y a 5 jours", "Il y a 70 jours")]
    assert shown == [True, False, True, False]


def test_what_is_hidden_is_not_read_at_its_meeting(anybody: Client) -> None:
    meeting, proposal = a_meeting(ago=timedelta(hours=3)), ProposalFactory(title="Une idée à masquer", status="HIDDEN")
    meeting.said.create(proposal=proposal)
    assert proposal.title not in page_of(anybody, meeting.get_absolute_url())


def test_fewer_than_five_who_came_are_not_counted_in_public(anybody: Client) -> None:
    meeting = a_meeting(ago=timedelta(hours=3))
    on_list(meeting, came=True)
    Meeting.objects.update(report="Personne ou presque n’est venu.", reported_at=timezone.now())
    assert "personne est venue" not in page_of(anybody, meeting.get_absolute_url())


def test_a_city_that_only_reads_still_lets_people_give_their_seats_back(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    meeting = a_meeting(seats=1)
    person = on_list(meeting)
    token = token_of(person)
    anybody = visit(in_saran, stays=True)
    clean = anybody.get(f"/rendez-vous/inscription/{token}/").headers["Location"]
    put(in_saran, LifecycleState.READ_ONLY)
    assert (
        anybody.post(f"{meeting.get_absolute_url()}inscription/", {"name": "Ada", "email": "a@example.org"}).status_code
        != 302
    )
    assert anybody.post(clean, {"do": "cancel"}).status_code == 200
    assert not Attendee.objects.exists()
