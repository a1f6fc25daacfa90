"""Changing the dates of a consultation: what may be set, what is asked, who is told, what stays to be read."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.journal import journal
from accounts.models import User
from common import outbox
from common.models import OutboxMessage
from common.templatetags.ui import deadline
from consultations.framing.enums import PhaseKind
from consultations.framing.events import dates_changed
from consultations.framing.models import Consultation, Phase
from consultations.framing.services.closing import close_consultation, prolong_consultation
from consultations.framing.services.consultations import update_consultation
from consultations.participation.models import Follow
from notifications.models import Notice
from notifications.selectors import all_notices
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.framing.factories import SAID
from tests.framing.test_several import fresh, prepared, refused, the_first
from tests.participation.factories import ArgumentFactory, ProposalFactory

pytestmark = pytest.mark.dates

NOW = timezone.now().replace(second=0, microsecond=0)


def propose(consultation: Consultation) -> Phase:
    return Phase.objects.get(consultation=consultation, kind=PhaseKind.PROPOSE)


def move(
    consultation: Consultation, *, opens: timedelta | None = None, closes: timedelta | None = None, **given: Any
) -> None:
    """To so long from the present dates."""
    here = propose(consultation)
    assert here.opens_at
    assert here.closes_at
    dates = {"opens_at": here.opens_at + (opens or timedelta()), "closes_at": here.closes_at + (closes or timedelta())}
    update_consultation(
        consultation=consultation, dates=dates, **{"actor": None, "at": NOW, "shorter": True, **SAID, **given}
    )


@pytest.fixture
def running(in_saran: Municipality) -> Consultation:
    """Open since ten days, for thirty more."""
    consultation = the_first()
    dates = {"opens_at": NOW - timedelta(days=10), "closes_at": NOW + timedelta(days=30)}
    update_consultation(consultation=consultation, actor=None, dates=dates, at=NOW, shorter=True, **SAID)
    Phase.objects.update(moved_at=None, former_opens_at=None, former_closes_at=None)
    OutboxMessage.objects.all().delete()
    return fresh(consultation)


def days(count: float) -> timedelta:
    return timedelta(days=count)


# ── What may be set ───────────────────────────────────────────────────────────


def test_beside_an_end_at_midnight_stands_the_day_that_people_read(
    running: Consultation, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    midnight = (timezone.localtime(NOW) + days(30)).replace(hour=0, minute=0)
    Phase.objects.filter(pk=propose(running).pk).update(closes_at=midnight)
    address = reverse("desk_consultation", args=[running.slug])
    page = visit(in_saran, UserFactory(administrator=True), stays=True).get(address).content.decode()
    assert f"lisent\u00a0: jusqu’au {deadline(midnight - timedelta(minutes=1))}" in page
    assert f'value="{midnight:%Y-%m-%dT00:00}"' in page


def test_an_end_in_the_past_is_refused_and_leads_to_closing(running: Consultation) -> None:
    assert refused(lambda: move(running, closes=-days(31))) == "end_is_past"
    assert refused(lambda: move(running, closes=-days(29))) == ""


def test_the_beginning_stays_once_people_have_written(running: Consultation) -> None:
    assert refused(lambda: move(running, opens=-days(1))) == ""
    ProposalFactory(challenge=running.challenges.all()[0])
    assert refused(lambda: move(running, opens=days(1))) == "start_is_kept"
    assert refused(lambda: move(running, closes=days(1))) == ""


def test_an_end_in_more_than_five_years_is_refused_by_whatever_way(running: Consultation) -> None:
    assert refused(lambda: move(running, closes=days(365 * 5 + 20))) == "too_far_ahead"
    far = NOW + days(365 * 6)
    assert refused(lambda: prolong_consultation(consultation=running, actor=None, until=far, at=NOW)) == "too_far_ahead"


def test_before_it_opens_a_period_that_is_over_is_refused(in_saran: Municipality) -> None:
    new = prepared(in_saran)
    for ends, code in ((NOW - days(1), "period_is_past"), (NOW + days(1), "")):
        dates = {"opens_at": NOW - days(20), "closes_at": ends}
        said = refused(lambda d=dates: update_consultation(consultation=new, actor=None, dates=d, at=NOW))  # type: ignore[misc]
        assert said == code


def test_other_words_are_saved_when_the_dates_are_over(running: Consultation) -> None:
    Phase.objects.filter(kind=PhaseKind.PROPOSE).update(opens_at=NOW - days(60), closes_at=NOW - days(3))
    assert refused(lambda: move(running, title="Le jour d’avant", shorter=False)) == ""
    assert the_first().title == "Le jour d’avant"


@pytest.mark.parametrize(
    ("opens", "closes", "asked"), [(0, -1, True), (0, 1, False), (12, 0, True), (-1, 0, False), (0, 0, False)]
)
def test_what_leaves_less_time_than_announced_is_asked_about(
    running: Consultation, opens: int, closes: int, asked: bool
) -> None:
    code = refused(lambda: move(running, opens=days(opens), closes=days(closes), shorter=False))
    assert code == ("shortens_announced" if asked else "")


# ── The page ──────────────────────────────────────────────────────────────────


def typed(consultation: Consultation, **changed: Any) -> dict[str, Any]:
    """What the form of the desk sends."""
    here = propose(consultation)

    def shown(moment: datetime | None) -> str:
        assert moment
        return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"

    names = ("question", "title", "introduction", "decision_maker", "who_may_answer", "commitment", "contact_email")
    names += ("moderated_by", "moderation", "moderation_delay", "revision")
    ticked = {"is_discussed": "on"} if consultation.is_discussed else {}
    dates = ticked | {"opens_at": shown(here.opens_at), "closes_at": shown(here.closes_at)}
    changed = {name: shown(value) if isinstance(value, datetime) else value for name, value in changed.items()}
    return {name: getattr(consultation, name) for name in names} | dates | changed


@pytest.fixture
def desk(in_saran: Municipality, visit: Callable[..., Client]) -> Client:
    return visit(in_saran, UserFactory(administrator=True), stays=True)


def test_less_time_is_confirmed_on_the_same_page_and_nothing_typed_is_lost(running: Consultation, desk: Client) -> None:
    follower, author = UserFactory(), UserFactory()
    Follow.objects.create(user=follower, challenge=running.challenges.all()[0])
    ArgumentFactory(proposal=ProposalFactory(author=author), author=author)
    address = reverse("desk_consultation", args=[running.slug])
    end = propose(running).closes_at
    assert end
    sent = typed(running, title="Un titre tapé", closes_at=end - days(10))
    answer = desk.post(address, sent)
    page = answer.content.decode().replace("\u00a0", " ")
    assert answer.status_code == 422
    assert f"Vous aviez annoncé jusqu’au {deadline(end)}".replace("\u00a0", " ") in page
    assert "2 personnes suivent cette consultation ou y ont participé, et seront prévenues." in page
    assert "Un titre tapé" in page
    key = re.findall(r'name="shorter"[^>]*value="([^"]*)"', page)[0]
    other = desk.post(
        address, {**sent, "shorter": key, "closes_at": typed(running, closes_at=end - days(12))["closes_at"]}
    )
    assert other.status_code == 422, "confirmed for other dates"
    assert desk.post(address, {**sent, "shorter": key}).status_code == 302
    assert propose(running).closes_at == end - days(10)
    assert fresh(running).title == "Un titre tapé"


def test_a_refused_date_is_said_at_its_field(running: Consultation, desk: Client) -> None:
    ProposalFactory(challenge=running.challenges.all()[0])
    address = reverse("desk_consultation", args=[running.slug])
    for field, moment, said in (
        ("opens_at", NOW - days(15), "Des personnes ont déjà écrit"),
        ("closes_at", NOW - days(1), "utilisez «\u00a0Clore\u00a0»"),
        ("closes_at", NOW + days(365 * 7), "dans les cinq ans"),
    ):
        answer = desk.post(address, typed(running, **{field: moment}))
        assert answer.status_code == 422
        assert said in str(answer.context["form"].errors[field]), field


def test_a_second_editor_reads_what_the_first_saved_and_overwrites_nothing(running: Consultation, desk: Client) -> None:
    address = reverse("desk_consultation", args=[running.slug])
    sent = typed(running, introduction="Mes mots à moi")
    colleague = UserFactory(public_name="Colette Aubert")
    move(running, closes=days(5), actor=colleague, contact_email="autre@example.org")
    answer = desk.post(address, sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Colette Aubert" in page
    assert "autre@example.org" in page
    assert "Mes mots à moi" in page
    assert fresh(running).contact_email == "autre@example.org"
    again = {**sent, "revision": answer.context["form"]["revision"].value()}
    assert desk.post(address, {**again, "shorter": f"{sent['opens_at']}/{sent['closes_at']}"}).status_code == 302
    assert fresh(running).introduction == "Mes mots à moi"


# ── Who is told ───────────────────────────────────────────────────────────────


def waiting() -> list[OutboxMessage]:
    return [each for each in OutboxMessage.objects.all() if each.payload.get("event") == dates_changed.name]


def told(person: User) -> list[str]:
    for message in waiting():
        assert message.due_at
        assert outbox.run_message(str(message.pk), at=message.due_at)
    return [each.words.sentence for each in all_notices(person)]


def test_followers_and_those_who_took_part_read_both_dates_in_one_notice(running: Consultation) -> None:
    challenge = running.challenges.all()[0]
    follower, author, bystander = UserFactory(), UserFactory(), UserFactory()
    Follow.objects.create(user=follower, challenge=challenge)
    ProposalFactory(author=author, challenge=challenge)
    before = propose(running).closes_at
    move(running, closes=days(5))
    move(running, closes=days(5), at=NOW + timedelta(minutes=50))
    (message,) = waiting()
    assert message.due_at == NOW + timedelta(hours=1)
    for person in (follower, author):
        (sentence,) = told(person)
        assert deadline(before) in sentence  # type: ignore[arg-type]
        assert deadline(propose(running).closes_at) in sentence  # type: ignore[arg-type]
    assert told(bystander) == []
    move(running, closes=days(5), at=NOW + timedelta(hours=2))
    assert len(waiting()) == 1


def test_nobody_is_told_where_all_is_as_it_was(running: Consultation) -> None:
    follower = UserFactory()
    Follow.objects.create(user=follower, challenge=running.challenges.all()[0])
    move(running, title="Un autre titre")
    assert not waiting()
    move(running, closes=days(5))
    move(running, closes=-days(5), at=NOW + timedelta(minutes=30))
    assert told(follower) == []
    assert not Notice.objects.exists()
    assert not Phase.objects.exclude(moved_at=None).exists()


# ── What stays to be read ─────────────────────────────────────────────────────


def test_the_home_says_that_dates_changed_with_the_old_end_until_the_phase_is_over(
    running: Consultation, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    before = propose(running).closes_at
    assert "Dates modifiées" not in visit(in_saran, stays=True).get("/").content.decode()
    move(running, closes=days(5))
    page = visit(in_saran, stays=True).get("/").content.decode()
    assert "Dates modifiées le" in page
    assert deadline(before) in page  # type: ignore[arg-type]
    Phase.objects.update(closes_at=NOW - days(1), opens_at=NOW - days(40))
    assert "Dates modifiées" not in visit(in_saran, stays=True).get("/").content.decode()


def test_closing_says_when_it_had_been_announced(running: Consultation) -> None:
    before = propose(running).closes_at
    close_consultation(consultation=running, actor=None, at=NOW)
    assert propose(running).former_closes_at == before
    assert len(waiting()) == 1


def test_the_journal_says_which_dates_and_which_fields(running: Consultation) -> None:
    before = propose(running).closes_at
    move(running, closes=days(5), actor=UserFactory(administrator=True), title="Un autre titre")
    line = journal().lines[0]
    after = propose(running).closes_at
    assert before
    assert after
    old, new = (f"{timezone.localtime(each):%d/%m/%Y}" for each in (before, after))
    assert re.search(rf"Proposer.*{old}.* → .*{new}", line.more)
    assert "Un titre court" in line.more
    assert "Qui décide" not in line.more
