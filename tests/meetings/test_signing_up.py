"""Signing up without an account: asked, confirmed, given back; the last seat, and who is next."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.erasure import erase
from accounts.tasks import send_mail
from common.outbox import messages_of
from common.personal import personal_files
from consultations.meetings.enums import Place
from consultations.meetings.models import Attendee, Meeting
from consultations.meetings.selectors import counts
from consultations.meetings.services import refusals, signing_up
from consultations.meetings.services.links import token_of
from consultations.meetings.services.retention import ASKED_KEPT, KEPT, _counted_first, asked_over, people_over
from consultations.meetings.services.setting import cancel_meeting
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.meetings.factories import a_meeting, on_list


def ask(meeting: Meeting, email: str = "ada@example.org", **more: Any) -> Attendee:
    given = {"name": "Ada", "own": None, "at": timezone.now(), **more}
    return signing_up.sign_up(meeting=meeting, email=email, **given)


def press(person: Attendee) -> Attendee:
    return signing_up.confirm(token=token_of(person), at=timezone.now())


def mails() -> list[dict[str, Any]]:
    return [each.payload for each in messages_of(send_mail).order_by("created_at")]


def test_a_seat_is_taken_once_the_address_is_confirmed(in_saran: Municipality) -> None:
    meeting = a_meeting(seats=1)
    person = ask(meeting)
    assert (person.place, counts(meeting).seated) == (Place.ASKED, 0)
    [asked] = mails()
    assert "/rendez-vous/inscription/" in asked["body"]
    for _twice in range(2):
        assert press(person).place == Place.SEATED
    assert [mail["subject"].partition("\u00a0")[0] for mail in mails()][1:] == ["Inscription enregistrée"]


def test_asked_twice_it_is_one_sign_up_and_only_its_mail_tells(in_saran: Municipality) -> None:
    meeting = a_meeting()
    person = ask(meeting)
    assert ask(meeting, "ADA@example.org").pk == person.pk
    press(person)
    again = ask(meeting, name="Quelqu’un d’autre")
    assert (again.pk, again.name) == (person.pk, "Ada")
    assert len(mails()) == 4
    assert Attendee.objects.count() == 1


def test_the_first_name_stands_and_one_mailbox_is_one_seat(in_saran: Municipality) -> None:
    meeting = a_meeting()
    person = ask(meeting)
    again = ask(meeting, "ada+z@example.org", name="Le maire est un voleur")
    assert (again.pk, again.name, again.email) == (person.pk, "Ada", "ada@example.org")
    confirmed = signing_up.confirm(token=token_of(person), at=timezone.now(), name="Ada L.")
    assert (confirmed.name, confirmed.place) == ("Ada L.", Place.SEATED)
    signing_up.confirm(token=token_of(person), at=timezone.now(), name="Autre")
    assert Attendee.objects.get().name == "Ada L."


def test_the_page_that_confirms_shows_the_name(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    person, browser = ask(a_meeting(), name="Le maire"), visit(in_saran)
    address = reverse("own_sign_up_link", args=[token_of(person)])
    page = browser.get(address, follow=True)
    assert 'value="Le maire"' in page.content.decode()
    done = browser.post(page.request["PATH_INFO"], {"do": "confirm", "name": "Ada Mercier"}, follow=True)
    assert "Nom inscrit sur la liste : Ada Mercier" in done.content.decode()


def test_who_is_signed_in_confirms_nothing_but_for_their_own_address(in_saran: Municipality) -> None:
    meeting, user = a_meeting(), UserFactory(email="Own@example.org")
    assert ask(meeting, "own@example.org", own=user).place == Place.SEATED
    assert ask(meeting, "autre@example.org", own=user).place == Place.ASKED


def test_the_last_seat_is_one_persons_and_goes_to_the_next_when_given_back(in_saran: Municipality) -> None:
    meeting = a_meeting(seats=1)
    first, second, third = (ask(meeting, f"{name}@example.org") for name in ("a", "b", "c"))
    assert press(second).place == Place.SEATED
    assert press(first).place == Place.WAITING
    assert press(third).place == Place.WAITING
    signing_up.give_up(token=token_of(second), at=timezone.now())
    places = dict(Attendee.objects.values_list("email", "place"))
    assert places == {"a@example.org": Place.SEATED, "c@example.org": Place.WAITING}
    assert mails()[-1]["to"] == "a@example.org"
    assert "Une place est à vous" in mails()[-1]["subject"]
    with pytest.raises(refusals.SignUpGone):
        signing_up.give_up(token=token_of(second), at=timezone.now())


def test_once_it_has_begun_a_seat_that_is_given_back_is_nobodys(in_saran: Municipality) -> None:
    meeting = a_meeting(seats=1, ago=timedelta(hours=-1))
    seated, waiting = on_list(meeting), on_list(meeting, place=Place.WAITING)
    signing_up.give_up(token=token_of(seated), at=timezone.now())
    waiting.refresh_from_db()
    assert waiting.place == Place.WAITING
    assert not mails()


def test_a_link_of_nobody_opens_nothing(in_saran: Municipality) -> None:
    person = on_list(a_meeting())
    for token in ("", "1", f"{person.pk}.x", token_of(person)[:-1] + "_"):
        with pytest.raises(refusals.SignUpGone):
            signing_up.confirm(token=token, at=timezone.now())


def test_nobody_signs_up_once_it_has_begun_or_is_cancelled(in_saran: Municipality) -> None:
    begun, cancelled, free = a_meeting(ago=timedelta(hours=1)), a_meeting(), a_meeting(signs_up=False)
    waiting = ask(cancelled)
    cancel_meeting(meeting=cancelled, why="La salle est fermée.", by=None, at=timezone.now())
    for meeting in (begun, cancelled, free, a_meeting(is_public=False)):
        with pytest.raises(refusals.SignUpClosed):
            ask(meeting)
    with pytest.raises(refusals.SignUpClosed):
        press(waiting)


def test_the_team_types_who_telephones_and_calls_them(in_saran: Municipality) -> None:
    meeting, by = a_meeting(seats=1), UserFactory()
    ada = signing_up.enter(meeting=meeting, name="Ada", phone="02 38 00 00 00", by=by, at=timezone.now())
    again = signing_up.enter(meeting=meeting, name="Ada", phone="02 38 00 00 00", by=by, at=timezone.now())
    next_one = signing_up.enter(meeting=meeting, name="Luc", phone="", by=by, at=timezone.now())
    assert (ada.pk, ada.place, next_one.place) == (again.pk, Place.SEATED, Place.WAITING)
    with pytest.raises(refusals.PhoneWrong):
        signing_up.enter(meeting=meeting, name="Zoé", phone="appelez-moi", by=by, at=timezone.now())
    for _twice in range(2):
        signing_up.take_off(person=ada, by=by, at=timezone.now())
    next_one.refresh_from_db()
    assert (next_one.place, next_one.to_call) == (Place.SEATED, True)
    assert mails() == []
    signing_up.called(person=next_one)
    assert not Attendee.objects.get().to_call


def test_who_is_taken_off_is_told_unless_it_is_over(in_saran: Municipality) -> None:
    meeting, by = a_meeting(), UserFactory()
    ada = on_list(meeting, email="ada@example.org")
    for _twice in range(2):
        signing_up.take_off(person=ada, by=by, at=timezone.now())
    [mail] = mails()
    assert mail["to"] == "ada@example.org"
    assert "vous a retiré de la liste" in " ".join(mail["body"].split())
    assert "/inscription/" not in mail["body"] + mail["html"], "its link would be of nobody"
    over = a_meeting(ago=timedelta(hours=2))
    signing_up.take_off(person=on_list(over), by=by, at=timezone.now())
    assert len(mails()) == 1


def test_the_list_is_forgotten_and_how_many_came_stays(in_saran: Municipality) -> None:
    meeting, now = a_meeting(ago=timedelta(days=1)), timezone.now()
    on_list(meeting, came=True), on_list(meeting)
    assert not people_over(at=now).exists()
    _counted_first(people_over(at=now + KEPT))
    meeting.refresh_from_db()
    assert (Attendee.objects.count(), counts(meeting).seated, counts(meeting).came) == (0, 2, 1)


def test_who_never_confirms_is_forgotten_within_days(in_saran: Municipality) -> None:
    on_list(a_meeting(), place=Place.ASKED)
    assert not asked_over(at=timezone.now()).exists()
    assert asked_over(at=timezone.now() + ASKED_KEPT + timedelta(hours=1)).exists()


def test_who_leaves_gives_the_seat_back_and_has_it_in_their_copy(in_saran: Municipality) -> None:
    meeting, user = a_meeting(seats=1), UserFactory(email="part@example.org")
    on_list(meeting, email="part@example.org", name="Ada")
    waits = on_list(meeting, place=Place.WAITING)
    copied = next(each for each in personal_files(user) if each.name == "rendez-vous")
    assert re.search("Ada", str(copied.rows))
    erase(user_id=user.pk, with_texts=False)
    assert Attendee.objects.get().pk == waits.pk
    assert Attendee.objects.get().place == Place.SEATED


def test_what_is_promised_is_true_when_it_is_today_and_when_all_seats_are_taken(in_saran: Municipality) -> None:
    now = timezone.now()
    press(ask(a_meeting(begins_at=now + timedelta(hours=9), ends_at=now + timedelta(hours=11))))
    asked, seated = (mail["body"] for mail in mails())
    assert "aucune place n’est gardée" in asked
    assert "la veille" not in seated
    press(ask(a_meeting(begins_at=now + timedelta(days=9), ends_at=now + timedelta(days=9, hours=1))))
    assert "la veille" in mails()[-1]["body"]
