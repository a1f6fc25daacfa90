"""Preparing a meeting, publishing, moving and cancelling it: what is refused, and who is told."""

import html
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django.utils.translation import override

from accounts.journal import EVERYBODY, journal
from accounts.tasks import send_mail
from common.dates import moment_here
from common.meanwhile import ChangedMeanwhile
from common.outbox import messages_of, send_event
from common.refusals import Refusal
from consultations.framing.models import Challenge, Consultation
from consultations.framing.services.consultations import ConsultationArchived
from consultations.framing.services.languages import offer_languages
from consultations.meetings.enums import Place, Told
from consultations.meetings.models import Attendee, Meeting
from consultations.meetings.selectors import to_come
from consultations.meetings.services import refusals, setting
from consultations.meetings.services.telling import remind, tell, tell_all
from consultations.meetings.words import when
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.meetings.factories import a_meeting, on_list, said, told


def refused(**more: Any) -> str:
    """What is said of one that is typed so; the field before it."""
    consultation = Consultation.objects.get(is_current=True)
    with pytest.raises(Refusal) as found:
        setting.create_meeting(consultation=consultation, by=UserFactory(), at=timezone.now(), **said(**more))
    return f"{getattr(found.value, 'field', '')}: {found.value.message}"


def test_what_cannot_be_a_meeting_is_said_beside_its_field(in_saran: Municipality) -> None:
    now = timezone.now().replace(second=0, microsecond=0)
    for wrong, expected in [
        ({"begins_at": now - timedelta(hours=1)}, "begins_at: Ce moment est passé"),
        ({"begins_at": now + timedelta(days=900)}, "begins_at: Choisissez un jour"),
        ({"begins_at": now + timedelta(days=2), "ends_at": now + timedelta(days=1)}, "ends_at: La fin précède"),
        ({"begins_at": now + timedelta(days=2), "ends_at": now + timedelta(days=2)}, "ends_at: La fin précède"),
        ({"begins_at": now + timedelta(days=2), "ends_at": now + timedelta(days=9)}, "ends_at: Un rendez-vous dure"),
        ({"seats": 10_000}, "seats: De 1 à 5\u202f000 places"),
        ({"seats": 0}, "seats: De 1 à"),
        ({"place": "", "url": ""}, "place: Dites où"),
        ({"place": "  ", "url": "http://127.0.0.1/"}, "Écrivez l’adresse complète"),
        ({"title": "Non"}, "Ajoutez"),
    ]:
        assert expected in refused(**wrong), wrong
    assert not Meeting.objects.exists()
    for kind, wrong in [(refusals.NoPlace, {"place": ""}), (refusals.SeatsWrong, {"seats": -1})]:
        with pytest.raises(kind):
            a_meeting(**wrong)


@pytest.mark.dates
def test_its_hours_are_those_of_the_city_wherever_it_is_typed(in_saran: Municipality) -> None:
    """Also with an offset, from another zone; the night when clocks change has an hour that does not exist."""
    with timezone.override("Pacific/Tahiti"):
        there = moment_here(datetime.fromisoformat("2027-03-28T18:00"))
        assert there == datetime(2027, 3, 29, 4, 0, tzinfo=UTC)
        assert when(there, there + timedelta(hours=2)).startswith(
            "dimanche 28\u00a0mars 2027, de 18\u00a0h à 20\u00a0h ("
        )
    with timezone.override("Europe/Paris"):
        made = a_meeting(
            is_public=False,
            begins_at=datetime(2027, 3, 27, 21, 30, tzinfo=UTC),
            ends_at=datetime(2027, 3, 28, 2, tzinfo=UTC),
        )
        assert when(made.begins_at, made.ends_at) == (
            "du samedi 27\u00a0mars 2027 à 22\u00a0h\u00a030 au dimanche 28\u00a0mars 2027 à 4\u00a0h"
        )


def test_nobody_but_the_team_knows_of_one_that_is_prepared(in_saran: Municipality) -> None:
    meeting = a_meeting(is_public=False)
    assert not Meeting.objects.shown().exists()
    assert not messages_of(remind).exists()
    setting.discard_meeting(meeting=meeting, by=UserFactory())
    assert not Meeting.objects.exists()
    with pytest.raises(refusals.StandsAlready):
        setting.discard_meeting(meeting=a_meeting(), by=UserFactory())


def test_published_it_is_announced_once_and_reminded_the_day_before(in_saran: Municipality) -> None:
    meeting = a_meeting()
    setting.publish_meeting(meeting=meeting, by=None, at=timezone.now())
    assert messages_of(send_event).filter(payload__event="meeting_published").count() == 1
    assert messages_of(remind).get().due_at == meeting.begins_at - timedelta(days=1)
    late = a_meeting(is_public=False)
    Meeting.objects.filter(pk=late.pk).update(begins_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(refusals.WrongDates):
        setting.publish_meeting(meeting=late, by=None, at=timezone.now())


def change(meeting: Meeting, **more: Any) -> Meeting:
    given = {name: getattr(meeting, name) for name in ("kind", "title", "text", "begins_at", "ends_at", "place")}
    given |= {"address": meeting.address, "seats": meeting.seats, "signs_up": meeting.signs_up, **more}
    given.setdefault("revision", meeting.revision)
    return setting.change_meeting(meeting=meeting, by=UserFactory(), at=timezone.now(), **given)


def test_moved_those_who_signed_up_are_told_once_and_reminded_of_the_new_day(
    in_saran: Municipality,
) -> None:
    meeting = a_meeting(seats=2)
    on_list(meeting, email="ici@example.org")
    on_list(meeting, email="attend@example.org", place=Place.WAITING)
    on_list(meeting, email="jamais@example.org", place=Place.ASKED)
    called = on_list(meeting, email="", phone="02 38 00 00 00")
    meeting = change(meeting, title="Un autre titre")
    assert told(meeting) == []
    meeting = change(meeting, place="École du centre")
    later = meeting.begins_at + timedelta(days=1)
    meeting = change(meeting, begins_at=later, ends_at=later + timedelta(hours=1))
    assert told(meeting) == ["MOVED"]
    assert journal(person=EVERYBODY).lines[0].what == "Rendez-vous déplacé", "nobody is told yet"
    assert meeting.moved_at is not None
    assert messages_of(remind).get().due_at == later - timedelta(days=1)
    tell_all(meeting_id=meeting.pk, what="MOVED")
    assert sorted(mail_to()) == ["attend@example.org", "ici@example.org"]
    called.refresh_from_db()
    assert called.to_call


def run_told(meeting: Meeting) -> list[dict[str, Any]]:
    """The mails of what waits to be told of a move, by whom they are to."""
    messages_of(send_mail).delete()
    for message in messages_of(tell_all).filter(payload__meeting_id=meeting.pk):
        tell_all(**message.payload)
        message.delete()
    return sorted((each.payload for each in messages_of(send_mail)), key=lambda each: str(each["to"]))


def test_put_back_before_anybody_is_told_nothing_has_moved(in_saran: Municipality) -> None:
    meeting = a_meeting()
    on_list(meeting)
    called, waiting = (on_list(meeting, email="", phone=f"02 38 00 00 0{each}") for each in range(2))
    for place in ("École du centre", "Gymnase", "Salle des fêtes"):
        meeting = change(meeting, place=place)
        if place == "Gymnase":
            Attendee.objects.filter(pk=called.pk).update(to_call=False)
    assert told(meeting) == []
    assert Meeting.objects.get().moved_at is None
    # Who was called heard of a place that is no longer the one.
    assert list(Attendee.objects.filter(to_call=True)) == [called]
    assert waiting.pk
    meeting = change(meeting, place="École du centre")
    run_told(meeting)
    moved_at = Meeting.objects.get().moved_at
    assert moved_at is not None
    for place in ("Gymnase", "École du centre"):
        meeting = change(meeting, place=place)
    assert (told(meeting), Meeting.objects.get().moved_at) == ([], moved_at)


@pytest.mark.parametrize(("hours", "waits"), [(2, False), (5, True)])
def test_a_move_is_told_at_once_where_people_are_about_to_leave_home(
    in_saran: Municipality, hours: int, waits: bool
) -> None:
    meeting = a_meeting()
    begins_at = timezone.now() + timedelta(hours=hours)
    Meeting.objects.filter(pk=meeting.pk).update(begins_at=begins_at, ends_at=begins_at + timedelta(hours=1))
    on_list(meeting)
    later = begins_at + timedelta(days=1)
    change(Meeting.objects.get(), begins_at=later, ends_at=later + timedelta(hours=1))
    assert (messages_of(tell_all).get().due_at > timezone.now()) is waits


def test_a_move_says_what_was_told_before_and_whoever_knows_it_already_is_not_written(in_saran: Municipality) -> None:
    meeting = a_meeting(seats=1)
    on_list(meeting, email="a@example.org")
    on_list(meeting, email="b@example.org", place=Place.WAITING)
    before = when(meeting.begins_at, meeting.ends_at)
    first, later = meeting.begins_at, meeting.begins_at + timedelta(days=1)
    meeting = change(meeting, begins_at=later, ends_at=later + timedelta(hours=2), place="Gymnase")
    late = on_list(meeting, email="c@example.org", place=Place.WAITING)
    tell(late, Told.WAITING)
    seated, waiting = run_told(meeting)
    now = when(meeting.begins_at, meeting.ends_at)
    for mail in (seated, waiting):
        for body in (mail["body"], html.unescape(mail["html"])):
            words = " ".join(body.split())
            assert " ".join(f"Avant : {before}, Salle des fêtes, 1 place de la Liberté".split()) in words
            assert " ".join(f"{now[0].upper()}{now[1:]}".split()) in words
    assert "tient toujours" in seated["body"]
    assert "tient toujours" not in waiting["body"]
    assert "liste d’attente" in waiting["body"]
    # Who gets a seat in between is told that it has moved, too.
    waits = Attendee.objects.get(email="b@example.org")
    meeting = change(meeting, place="École du centre")
    waits.meeting = meeting
    tell(waits, Told.FREED)
    assert [each["to"] for each in run_told(meeting)] == ["a@example.org", "b@example.org", "c@example.org"]
    # Back to the first day before the move is told: whoever signed up in between was told the other one.
    for begins_at in (first, later):
        meeting = change(meeting, begins_at=begins_at, ends_at=begins_at + timedelta(hours=2))
        tell(late, Told.FREED)
        late.meeting = meeting
    (mail,) = run_told(meeting)
    assert mail["to"] == "c@example.org"


def test_the_language_of_each_is_that_of_what_was_before_too(in_saran: Municipality) -> None:
    offer_languages(municipality=in_saran, codes=["en"], actor=None)
    in_saran.languages = "en"
    meeting = a_meeting()
    on_list(meeting, language="en")
    with override("en"):
        before = when(meeting.begins_at, meeting.ends_at)
    meeting = change(meeting, place="Gymnase")
    (mail,) = run_told(meeting)
    for body in (mail["body"], html.unescape(mail["html"])):
        assert f"Before: {before}, Salle des fêtes, 1 place de la Liberté" in body
        assert "Now:" in body


def test_a_meeting_typed_in_the_time_of_the_city_is_reminded(in_saran: Municipality) -> None:
    meeting = a_meeting()
    on_list(meeting)
    here = timezone.localtime(meeting.begins_at, ZoneInfo("Europe/Paris"))
    change(meeting, begins_at=here)
    remind(**messages_of(remind).get().payload)
    assert len(mail_to()) == 1


def mail_to() -> list[str]:
    return [each.payload["to"] for each in messages_of(send_mail)]


def test_a_reminder_of_a_day_that_is_no_longer_its_own_reminds_nobody(in_saran: Municipality) -> None:
    meeting = a_meeting()
    on_list(meeting), on_list(meeting, place=Place.WAITING)
    remind(meeting_id=meeting.pk, begins_at="2026-01-01T00:00:00+00:00")
    assert mail_to() == []
    remind(meeting_id=meeting.pk, begins_at=meeting.begins_at.isoformat())
    assert len(mail_to()) == 1
    begun = a_meeting(ago=timedelta(hours=-1))  # its message has waited for a worker
    on_list(begun)
    remind(meeting_id=begun.pk, begins_at=begun.begins_at.isoformat())
    assert len(mail_to()) == 1


def test_cancelled_it_stays_to_be_read_and_everybody_on_its_list_is_told(in_saran: Municipality) -> None:
    meeting = a_meeting()
    on_list(meeting)
    for _twice in range(2):
        setting.cancel_meeting(meeting=meeting, why="La salle est fermée.", by=UserFactory(), at=timezone.now())
    assert told(meeting) == ["CANCELLED"]
    assert not messages_of(remind).exists()
    assert Meeting.objects.shown().get().is_cancelled
    evening = timezone.localtime(meeting.ends_at).replace(hour=23, minute=59)
    assert to_come(evening).exists()
    assert not to_come(evening + timedelta(minutes=1)).exists()
    with pytest.raises(refusals.MeetingCancelled):
        change(meeting)
    with pytest.raises(refusals.NotPublished):
        setting.cancel_meeting(meeting=a_meeting(is_public=False), why="Plus tard.", by=None, at=timezone.now())


def test_what_has_begun_is_neither_moved_nor_cancelled(in_saran: Municipality) -> None:
    meeting = a_meeting(ago=timedelta(hours=1))
    with pytest.raises(refusals.MeetingOver):
        change(meeting, place="Ailleurs")
    with pytest.raises(refusals.MeetingOver):
        setting.cancel_meeting(meeting=meeting, why="Personne n’est venu.", by=None, at=timezone.now())
    assert change(meeting, text="Avec un mot de plus.").text == "Avec un mot de plus."


def test_two_who_change_one_see_each_other(in_saran: Municipality) -> None:
    meeting = a_meeting()
    change(meeting, title="Un autre titre")
    with pytest.raises(ChangedMeanwhile) as found:
        change(meeting, revision=0)
    assert found.value.now.title == "Un autre titre"


def test_seats_never_go_below_those_who_have_one_and_new_ones_go_to_who_waits(in_saran: Municipality) -> None:
    meeting = a_meeting(seats=2)
    on_list(meeting), on_list(meeting)
    first = on_list(meeting, place=Place.WAITING, confirmed_at=timezone.now() - timedelta(hours=2))
    last = on_list(meeting, place=Place.WAITING)
    with pytest.raises(refusals.SeatsTaken):
        change(meeting, seats=1)
    with pytest.raises(refusals.SignedUpAlready):
        change(meeting, signs_up=False)
    change(meeting, seats=3)
    places = dict(Attendee.objects.values_list("pk", "place"))
    assert (places[first.pk], places[last.pk]) == (Place.SEATED, Place.WAITING)
    assert mail_to() == [first.email]


def test_it_is_about_challenges_of_its_own_consultation_alone(in_saran: Municipality) -> None:
    own = list(Challenge.objects.all()[:2])
    meeting = a_meeting(challenges=own)
    assert meeting.subjects.count() == 2
    change(meeting, challenges=own[:1])
    assert meeting.subjects.get().challenge_id == own[0].pk


def test_nothing_is_planned_in_what_is_archived(in_saran: Municipality) -> None:
    Consultation.objects.update(is_current=False, opened_at=timezone.now(), archived_at=timezone.now())
    with pytest.raises(ConsultationArchived):
        setting.create_meeting(consultation=Consultation.objects.get(), by=UserFactory(), at=timezone.now(), **said())


def test_what_is_told_of_a_move_is_left_out_once_it_is_cancelled(in_saran: Municipality) -> None:
    meeting = a_meeting()
    on_list(meeting)
    meeting = change(meeting, place="Ailleurs")
    setting.cancel_meeting(meeting=meeting, why="La salle est fermée.", by=None, at=timezone.now())
    tell_all(meeting_id=meeting.pk, what=Told.MOVED)
    assert mail_to() == []
    tell_all(meeting_id=meeting.pk, what=Told.CANCELLED)
    assert len(mail_to()) == 1


def test_whoever_gets_a_seat_is_told_of_nobody_who_may_not_wait(in_saran: Municipality) -> None:
    tell(on_list(a_meeting(seats=1), email="a@example.org"), Told.FREED)
    (mail,) = [each.payload for each in messages_of(send_mail)]
    words = " ".join(mail["body"].split())
    assert "la place redevient libre pour quelqu’un d’autre" in words
    assert "attend" not in words


def test_cancelled_before_a_move_is_told_it_is_the_day_and_place_that_each_of_them_knows(
    in_saran: Municipality,
) -> None:
    meeting = a_meeting(url="https://visio.example.org/abc")
    on_list(meeting, email="a@example.org")
    known, place = when(meeting.begins_at, meeting.ends_at), "Salle des fêtes, 1 place de la Liberté"
    later = meeting.begins_at + timedelta(days=1)
    meeting = change(meeting, begins_at=later, ends_at=later + timedelta(hours=1), place="Gymnase")
    late = on_list(meeting, email="b@example.org")
    tell(late, Told.SEATED)
    messages_of(send_mail).delete()
    setting.cancel_meeting(meeting=meeting, why="La salle est fermée.", by=None, at=timezone.now())
    assert told(meeting) == ["CANCELLED"], "nobody is told of a move to a day that is none"
    first, second = run_told(meeting)
    for mail, day, where in (
        (first, known, place),
        (second, when(meeting.begins_at, meeting.ends_at), "Gymnase, 1 place de la Liberté"),
    ):
        for body in (mail["body"], html.unescape(mail["html"])):
            assert f"{day[0].upper()}{day[1:]}" in body
            assert where in body
            assert "La salle est fermée." in body
    assert known[0].upper() + known[1:] not in second["body"]
    assert "Gymnase" not in first["body"]


def test_a_day_is_written_in_english_as_everywhere_on_its_pages(in_saran: Municipality) -> None:
    begins_at = datetime(2026, 12, 6, 9, tzinfo=UTC)
    with override("en"):
        assert (
            when(begins_at, begins_at + timedelta(hours=2)).replace("\u00a0", " ").startswith("Sunday 6 December 2026")
        )
