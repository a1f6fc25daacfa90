"""On Monday morning those who animate get three to five things, each with its message; once, and never the same within a
month."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.tasks import send_mail
from common.outbox import messages_of
from common.worklist import Asked, Line, lines_of
from consultations.contacts.models import Concern
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation, Phase
from consultations.portal.models import WorkItem
from consultations.portal.services.week import finish_line, put_off_line, resume_line
from consultations.worklist.models import ListedThing, MondayList
from consultations.worklist.selectors import Chosen, choose
from consultations.worklist.services.monday import is_time, write_on_monday
from consultations.worklist.tasks import cities_to_write_to
from notifications.models import MailPreference
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.contacts.factories import ContactFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory

pytestmark = pytest.mark.dates


def monday(weeks: int = 0) -> datetime:
    """The next one at eight, in the city's own time."""
    here = timezone.localtime() + timedelta(days=7 - timezone.localtime().weekday(), weeks=weeks)
    return here.replace(hour=8, minute=0, second=0, microsecond=0)


def mails() -> list[dict[str, Any]]:
    return [message.payload for message in messages_of(send_mail).order_by("pk")]


@pytest.fixture
def city(in_saran: Municipality) -> Municipality:
    """With two things to do: a proposal without an argument, an author who does not answer; every challenge has one."""
    long_ago = timezone.now() - timedelta(days=40)
    Consultation.objects.update(opened_at=long_ago, proposal_count=0)
    Phase.objects.filter(kind=PhaseKind.PROPOSE).update(
        opens_at=long_ago, closes_at=timezone.now() + timedelta(days=120)
    )
    proposal = ProposalFactory(title="Un verger public", like_count=3, submitted_at=long_ago)
    ArgumentFactory(proposal__for_count=1, submitted_at=long_ago)
    Consultation.objects.update(proposal_count=2)
    Concern.objects.create(contact=ContactFactory(name="Les Amis du jardin"), challenge=proposal.challenge)
    for challenge in proposal.challenge.consultation.challenges.exclude(pk=proposal.challenge_id):
        ProposalFactory(challenge=challenge)
    return in_saran


def test_it_is_made_and_mailed_once_to_those_who_animate(city: Municipality) -> None:
    reader = UserFactory(role=Role.FACILITATOR, last_login=timezone.now())
    silent = UserFactory(role=Role.FACILITATOR, last_login=timezone.now())
    MailPreference.objects.create(user=silent, frequency="NEVER")
    UserFactory(role=Role.FACILITATOR, last_login=None, public_name="")
    UserFactory(role=Role.MODERATOR, last_login=timezone.now())
    assert [write_on_monday(at=monday()) for _twice in range(2)] == [1, 0]
    (mail,) = mails()
    assert mail["to"] == reader.email
    kinds = set(ListedThing.objects.values_list("key", flat=True))
    assert {"participation.without_argument:", "cocreation.silent_authors:"} <= kinds
    assert 2 <= ListedThing.objects.count() <= 5
    assert "Un verger public" in mail["body"]
    assert "Les Amis du jardin" in mail["body"]
    assert "Un mot suffit" in mail["body"], "what one press sends to silent authors is read first"
    assert mail["body"].count("prêt à partir") == mail["html"].count("border-left") == ListedThing.objects.count()
    assert "/gestion/consultations/territoires-resilients/#ligne-participation-without-argument-" in mail["body"]
    assert mail["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert MondayList.objects.get().mailed == 1


def test_what_stood_in_a_list_does_not_come_back_within_a_month(city: Municipality) -> None:
    UserFactory(role=Role.FACILITATOR, last_login=timezone.now())
    write_on_monday(at=monday())
    first = set(ListedThing.objects.values_list("key", flat=True))
    for weeks in (1, 2, 3, 4):
        write_on_monday(at=monday(weeks))
    again = set(ListedThing.objects.filter(key__in=first).values_list("of__monday", flat=True))
    assert again == {monday().date()}
    write_on_monday(at=monday(5))
    assert ListedThing.objects.filter(of__monday=monday(5).date(), key__in=first).exists()


def test_only_what_animates_and_is_neither_done_nor_put_off_is_chosen_the_most_pressing_first(
    city: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_another(asked: Asked) -> list[Line]:
        found = lines_of(asked)
        return [replace(found[0], kind="moderation.something", animates=False), *found]

    monkeypatch.setattr("consultations.worklist.selectors.lines_of", with_another)
    at, keys = monday(), [each.line.key for each in choose(city=city, at=monday())]
    assert not [key for key in keys if key.startswith("moderation.")]
    monkeypatch.setattr("consultations.worklist.selectors.AT_MOST", 1)
    assert [each.line.key for each in choose(city=city, at=at)] == keys[:1]
    monkeypatch.undo()
    press: dict[str, Any] = {"consultation": Consultation.objects.get(), "city": city, "at": at}
    press["actor"] = UserFactory(role=Role.FACILITATOR, last_login=timezone.now())
    finish_line(key=keys[0], **press)
    put_off_line(key=keys[1], until="semaine", **press)
    assert [each.line.key for each in choose(city=city, at=at)] == keys[2:]


def test_what_one_person_alone_may_do_is_mailed_to_that_one(
    city: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs, _other = (UserFactory(role=Role.FACILITATOR, last_login=timezone.now()) for _unused in range(2))

    def alone(**given: Any) -> list[Chosen]:
        return [replace(each, line=replace(each.line, person=theirs.pk)) for each in choose(**given)]

    monkeypatch.setattr("consultations.worklist.services.monday.choose", alone)
    assert write_on_monday(at=monday()) == 1
    assert [mail["to"] for mail in mails()] == [theirs.email]


def test_nothing_to_do_is_no_mail(in_saran: Municipality) -> None:
    Phase.objects.update(opens_at=timezone.now() + timedelta(days=90), closes_at=timezone.now() + timedelta(days=120))
    UserFactory(role=Role.FACILITATOR, last_login=timezone.now())
    assert write_on_monday(at=monday()) == 0
    assert MondayList.objects.count() == 1
    assert mails() == []


def test_it_is_time_from_seven_on_monday_where_the_city_is(city: Municipality) -> None:
    zone = ZoneInfo(city.time_zone)
    times = {"2026-11-29 23:59": False, "2026-11-30 06:59": False, "2026-11-30 07:00": True, "2026-12-01 00:00": False}
    for written, holds in times.items():
        assert is_time(datetime.fromisoformat(written).replace(tzinfo=zone)) is holds, written
    assert write_on_monday(at=monday() - timedelta(hours=2)) == 0
    assert cities_to_write_to(at=monday() - timedelta(days=1)) == []
    assert city.schema_name in cities_to_write_to(at=monday())
    MondayList.objects.create(monday=monday().date())
    assert city.schema_name not in cities_to_write_to(at=monday())


def test_the_desk_shows_what_is_left_of_it(
    city: Municipality, visit: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    user, at = UserFactory(role=Role.FACILITATOR, last_login=timezone.now()), monday()
    monkeypatch.setattr("consultations.portal.backoffice.views.timezone.now", lambda: at)
    write_on_monday(at=at)
    desk = visit(city, user, stays=True)
    page = desk.get("/gestion/").content.decode()
    assert 'href="#ligne-participation-without-argument-"' in page
    assert 'id="ligne-participation-without-argument-"' in page
    consultation = Consultation.objects.get()
    press: dict[str, Any] = {"consultation": consultation, "actor": user, "city": city, "at": at}
    put_off_line(key="participation.without_argument:", until="semaine", **press)
    page = desk.get("/gestion/").content.decode()
    assert 'href="#ligne-participation-without-argument-"' not in page
    assert "1 proposition sans un seul argument</span><small>revient " in page, "it is not done"
    resume_line(key="participation.without_argument:", **press)
    finish_line(key="participation.without_argument:", **press)
    assert WorkItem.objects.get().done_at == at
    page = desk.get("/gestion/").content.decode()
    assert 'href="#ligne-participation-without-argument-"' not in page
    assert "1 proposition sans un seul argument</span><small>fait, ou terminé" in page
