"""A city holds several consultations: each is prepared, opened, closed and archived for itself; one is on the home."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from common.models import OutboxMessage
from common.refusals import Refusal
from consultations.framing.enums import ConsultationState, PhaseKind
from consultations.framing.events import dates_changed
from consultations.framing.models import Challenge, Consultation, Document
from consultations.framing.selectors import calendar_of, every_consultation
from consultations.framing.services.challenges import (
    ChallengeInUse,
    add_challenge,
    edit_challenge,
    move_challenge,
    remove_challenge,
    take_library_wording,
    unvalidate_challenge,
    validate_challenge,
)
from consultations.framing.services.closing import (
    archive_consultation,
    close_consultation,
    end_to_prolong,
    prolong_consultation,
    unarchive_consultation,
)
from consultations.framing.services.consultations import schedule_phases, update_consultation
from consultations.framing.services.dates import moments_of
from consultations.framing.services.documents import add_document, remove_document, say_no_documents
from consultations.framing.services.forward import put_forward
from consultations.framing.services.opening import NotReadyToOpen, close_again, open_consultation
from consultations.framing.services.preparing import (
    MAX_PREPARED,
    give_up,
    prepare_empty,
    prepare_from_earlier,
    prepare_from_set,
)
from consultations.library.selectors import latest_set
from consultations.participation.models import Proposal
from consultations.participation.services.proposals import submit_proposal
from consultations.participation.services.refusals import PhaseClosed
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.framing.factories import make_ready
from tests.participation.factories import DraftFactory, ProposalFactory, merge


def prepared(city: Municipality, title: str = "Nos rues", **given: Any) -> Consultation:
    """Another one, from the library's set."""
    found = latest_set("territoires-resilients")
    return prepare_from_set(
        challenge_set=found, municipality=city, actor=None, title=title, at=given.get("at", timezone.now())
    )


def opened(city: Municipality, title: str = "Nos rues") -> Consultation:
    """Another one, open."""
    consultation = make_ready(prepared(city, title))
    open_consultation(consultation=consultation, municipality=city, actor=None, at=timezone.now())
    return fresh(consultation)


def closed(city: Municipality, title: str = "Nos rues") -> Consultation:
    consultation = opened(city, title)
    close_consultation(consultation=consultation, actor=None, at=timezone.now())
    return fresh(consultation)


def archived(city: Municipality, title: str = "Nos rues") -> Consultation:
    consultation = closed(city, title)
    archive_consultation(consultation=consultation, actor=None, at=timezone.now())
    return fresh(consultation)


def fresh(consultation: Consultation) -> Consultation:
    return every_consultation().get(pk=consultation.pk)


def the_first() -> Consultation:
    return every_consultation().order_by("pk")[0]


def state(consultation: Consultation, at: datetime | None = None) -> ConsultationState:
    return fresh(consultation).state(at or timezone.now())


def refused(call: Callable[[], object]) -> str:
    """The code with which it is refused; empty where it is done."""
    try:
        with transaction.atomic():
            call()
    except Refusal as refusal:
        return refusal.code
    return ""


def on_the_home() -> str:
    return Consultation.objects.get(is_current=True).title


# ── Beginning one ─────────────────────────────────────────────────────────────


def test_one_from_a_set_has_its_challenges_no_dates_and_is_private(in_saran: Municipality) -> None:
    first, new = the_first(), prepared(in_saran)
    assert state(new) == ConsultationState.PREPARED
    assert new.is_private
    assert new.challenges.count() == first.challenges.count() == 6
    assert not new.phases.exclude(opens_at=None).exists()
    assert not new.challenges.exclude(validated_at=None, published_at=None).exists()
    assert {
        each.action for each in AuditEntry.objects.filter(subject_type="framing.consultation", subject_id=str(new.pk))
    } == {"consultation_prepared"}


def test_one_from_an_earlier_one_has_its_texts_and_nothing_that_people_wrote(in_saran: Municipality) -> None:
    first = the_first()
    add_document(consultation=first, actor=None, title="L’étude", url="", text="Des mots.", at=timezone.now())
    update_consultation(
        consultation=first,
        actor=None,
        at=timezone.now(),
        dates={"opens_at": timezone.now() - timedelta(days=20), "closes_at": timezone.now() + timedelta(days=20)},
        commitment="Une réponse à chacun, dans les trois mois.",
    )
    Challenge.objects.filter(slug="ecologie").update(why="Parce que les étés chauffent.")
    ProposalFactory(challenge=Challenge.objects.get(slug="ecologie"))
    first = fresh(first)
    new = prepare_from_earlier(earlier=first, municipality=in_saran, actor=None, title="Encore", at=timezone.now())
    assert new.question == first.question
    assert new.commitment == "Une réponse à chacun, dans les trois mois."
    assert list(new.documents.values_list("title", "text")) == [("L’étude", "Des mots.")]
    copy = new.challenges.get(slug="ecologie-2")
    assert copy.why == "Parce que les étés chauffent."
    assert (copy.template_set, copy.template_code) == ("territoires-resilients", "ecologie")
    assert not copy.is_validated
    assert not Proposal.objects.filter(challenge__consultation=new).exists()
    assert (new.proposal_count, new.opened_at, new.import_ref) == (0, None, None)
    assert not new.phases.exclude(opens_at=None, closes_at=None).exists()
    assert not new.is_current


def test_an_empty_one_has_nothing(in_saran: Municipality) -> None:
    new = prepare_empty(
        municipality=in_saran, actor=None, title="Le parc", question="Que faire du parc ?", at=timezone.now()
    )
    assert (new.challenges.count(), new.documents.count(), new.question) == (0, 0, "Que faire du parc ?")


def test_addresses_that_exist_stay_and_those_that_collide_are_numbered(in_saran: Municipality) -> None:
    first = the_first()
    kept = [first.slug, *first.challenges.order_by("pk").values_list("slug", flat=True)]
    new = prepared(in_saran, first.title)
    another = prepared(in_saran, first.title, at=timezone.now() + timedelta(hours=1))
    assert [new.slug, another.slug] == [
        "le-jour-dapres",
        "le-jour-dapres-2",
    ]
    assert {each.slug for each in new.challenges.all()} >= {"ecologie-2", "sante-2"}
    assert {each.slug for each in another.challenges.all()} >= {"ecologie-3", "sante-3"}
    assert [first.slug, *first.challenges.order_by("pk").values_list("slug", flat=True)] == kept


def test_a_form_that_is_sent_twice_begins_one(in_saran: Municipality) -> None:
    assert prepared(in_saran) == prepared(in_saran)


def test_ten_at_most_are_prepared_at_the_same_time(in_saran: Municipality) -> None:
    for number in range(MAX_PREPARED):
        prepare_empty(municipality=in_saran, actor=None, title=f"Le {number}", question="Quoi ?", at=timezone.now())
    assert refused(lambda: prepared(in_saran)) == "too_many_prepared"


# ── Opening: visibility and writing are each consultation's own ──────────────


def test_nobody_writes_in_one_that_is_prepared_beside_others(in_saran: Municipality) -> None:
    new = make_ready(prepared(in_saran))
    draft = DraftFactory(author=UserFactory(administrator=True), challenge=new.challenges.get(slug="ecologie-2"))
    assert not calendar_of(fresh(new), at=timezone.now()).may("PROPOSE")
    with pytest.raises(PhaseClosed):
        submit_proposal(draft=draft, author=draft.author, at=timezone.now())
    open_consultation(consultation=new, municipality=in_saran, actor=None, at=timezone.now())
    draft.refresh_from_db()
    assert submit_proposal(draft=draft, author=draft.author, at=timezone.now()).challenge.consultation == new


def test_only_the_consultation_that_opens_shows_its_challenges(in_saran: Municipality) -> None:
    new = make_ready(prepared(in_saran))
    other = prepared(in_saran, "Le parc")
    shown = set(Challenge.objects.shown())
    assert shown == set(the_first().challenges.all())
    open_consultation(consultation=new, municipality=in_saran, actor=None, at=timezone.now())
    assert set(Challenge.objects.shown()) == shown | set(new.challenges.all())
    assert set(Consultation.objects.shown()) == {the_first(), new}
    assert fresh(other).is_private


def test_one_without_a_challenge_does_not_open(in_saran: Municipality) -> None:
    empty = prepare_empty(municipality=in_saran, actor=None, title="Le parc", question="Quoi ?", at=timezone.now())
    make_ready(empty)
    with pytest.raises(NotReadyToOpen):
        open_consultation(consultation=empty, municipality=in_saran, actor=None, at=timezone.now())


def test_the_home_stays_with_the_one_that_is_open_there(in_saran: Municipality) -> None:
    first = on_the_home()
    new = opened(in_saran)
    assert on_the_home() == first
    assert state(new) == ConsultationState.OPEN


def test_one_that_opens_takes_the_home_of_one_that_is_closed(in_saran: Municipality) -> None:
    close_consultation(consultation=the_first(), actor=None, at=timezone.now())
    assert opened(in_saran).title == on_the_home()


def test_an_opening_that_is_undone_leaves_the_city_to_the_other_one(in_saran: Municipality) -> None:
    first, new = the_first(), opened(in_saran)
    put_forward(consultation=new, actor=None)
    close_again(consultation=new, municipality=in_saran, actor=None, at=timezone.now())
    assert on_the_home() == first.title
    assert state(new) == ConsultationState.PREPARED
    with schema_context("public"):
        assert Municipality.objects.get(pk=in_saran.pk).is_open


def not_opened(city: Municipality) -> Consultation:
    """The city, with its first consultation, before anybody is let in."""
    Consultation.objects.update(opened_at=None)
    Challenge.objects.update(published_at=None)
    with schema_context("public"):
        Municipality.objects.filter(pk=city.pk).update(opened_at=None)
    city.opened_at = None
    return the_first()


def test_what_the_team_tried_out_is_not_left_behind_on_no_page(in_saran: Municipality) -> None:
    tried = not_opened(in_saran)
    other = make_ready(prepared(in_saran))
    ProposalFactory(challenge=tried.challenges.get(slug="ecologie"))
    opens: Callable[[], object] = lambda: open_consultation(  # noqa: E731
        consultation=other, municipality=in_saran, actor=None, at=timezone.now()
    )
    assert refused(opens) == "tried_out"
    give_up(consultation=tried, actor=UserFactory(administrator=True))
    assert not Proposal.objects.exists()
    assert not refused(opens)
    assert on_the_home() == other.title


def test_what_the_team_brought_together_is_not_lost(in_saran: Municipality) -> None:
    tried = not_opened(in_saran)
    merge(sources=ProposalFactory.create_batch(2, challenge=tried.challenges.get(slug="ecologie")))
    assert refused(lambda: give_up(consultation=tried, actor=UserFactory(administrator=True))) == "written_on"


def test_one_without_anything_written_gives_the_home_up(in_saran: Municipality) -> None:
    tried = not_opened(in_saran)
    assert opened(in_saran).title == on_the_home()
    assert fresh(tried).is_private


# ── The home ──────────────────────────────────────────────────────────────────


def test_one_is_put_forward_and_the_other_no_longer(in_saran: Municipality) -> None:
    new = opened(in_saran)
    put_forward(consultation=new, actor=None)
    put_forward(consultation=new, actor=None)
    assert on_the_home() == new.title
    assert AuditEntry.objects.filter(action="consultation_put_forward").count() == 1


def test_only_one_that_people_can_read_and_the_city_can_change_is_put_forward(in_saran: Municipality) -> None:
    new, old = prepared(in_saran), archived(in_saran, "Le parc")
    assert refused(lambda: put_forward(consultation=new, actor=None)) == "not_open_yet"
    assert refused(lambda: put_forward(consultation=old, actor=None)) == "consultation_archived"


# ── Its end ───────────────────────────────────────────────────────────────────


@pytest.mark.dates
def test_one_is_closed_when_nobody_may_write_any_more_nor_later(in_saran: Municipality) -> None:
    first, now = the_first(), timezone.now()
    schedule_phases(consultation=first, opens_at=now - timedelta(days=40), closes_at=now - timedelta(days=1))
    assert state(first) == ConsultationState.OPEN  # people rework
    assert state(first, now + timedelta(days=30)) == ConsultationState.OPEN  # and prioritise
    assert state(first, now + timedelta(days=60)) == ConsultationState.CLOSED
    assert state(first, now + timedelta(days=600)) == ConsultationState.CLOSED


@pytest.mark.dates
def test_closing_ends_what_participants_do_and_begins_the_answers(in_saran: Municipality) -> None:
    now, first = timezone.now(), the_first()
    schedule_phases(consultation=first, opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=10))
    answers_end = first.phases.get(kind=PhaseKind.ANSWER).closes_at
    close_consultation(consultation=first, actor=None, at=now)
    close_consultation(consultation=first, actor=None, at=now)
    assert state(first, now) == ConsultationState.CLOSED
    kinds = set(first.phases.values_list("kind", flat=True))
    assert kinds == {PhaseKind.PREPARE, PhaseKind.PROPOSE, PhaseKind.ANSWER, PhaseKind.FOLLOW}
    answering = first.phases.get(kind=PhaseKind.ANSWER)
    assert answering.closes_at == answers_end
    assert answering.opens_at == first.phases.get(kind=PhaseKind.PROPOSE).closes_at
    assert on_the_home() == first.title
    draft = DraftFactory(author=UserFactory())
    with pytest.raises(PhaseClosed):
        submit_proposal(draft=draft, author=draft.author, at=now)
    assert [each.action for each in AuditEntry.objects.filter(action="consultation_closed")] == ["consultation_closed"]
    told = [each for each in OutboxMessage.objects.all() if each.payload.get("event") == dates_changed.name]
    assert len(told) == 1


def test_what_is_being_prepared_is_not_closed_nor_prolonged_nor_archived(in_saran: Municipality) -> None:
    new, now = prepared(in_saran), timezone.now()
    until = now + timedelta(days=9)
    assert refused(lambda: close_consultation(consultation=new, actor=None, at=now)) == "not_open_yet"
    assert refused(lambda: prolong_consultation(consultation=new, actor=None, until=until, at=now)) == "not_open_yet"
    assert refused(lambda: archive_consultation(consultation=new, actor=None, at=now)) == "not_open_yet"


@pytest.mark.dates
def test_prolonging_moves_the_end_and_what_comes_after(in_saran: Municipality) -> None:
    now, first = timezone.now().replace(second=0, microsecond=0), the_first()
    schedule_phases(consultation=first, opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=10))
    before = {each.kind: each for each in fresh(first).phases.all()}
    prolong_consultation(consultation=first, actor=None, until=now + timedelta(days=17), at=now)
    after = {each.kind: each for each in fresh(first).phases.all()}
    assert after[PhaseKind.PROPOSE].closes_at == now + timedelta(days=17)
    for kind in (PhaseKind.REWORK, PhaseKind.PRIORITISE, PhaseKind.ANSWER):
        assert after[kind].opens_at == before[kind].opens_at + timedelta(days=7)
        assert after[kind].closes_at == before[kind].closes_at + timedelta(days=7)
    assert after[PhaseKind.PREPARE].closes_at == before[PhaseKind.PREPARE].closes_at


def test_hours_are_those_of_the_clock_though_it_changes_meanwhile(in_saran: Municipality) -> None:
    """In Saran clocks go forward on 28 March 2027: what ends at midnight still does."""
    paris, first = ZoneInfo("Europe/Paris"), the_first()
    opens_at, closes_at = datetime(2027, 1, 10, 9, tzinfo=paris), datetime(2027, 2, 1, tzinfo=paris)
    schedule_phases(consultation=first, opens_at=opens_at, closes_at=closes_at)
    until, now = datetime(2027, 3, 1, tzinfo=paris), datetime(2027, 1, 20, tzinfo=paris)

    def hours() -> set[int]:
        return {timezone.localtime(each.closes_at).hour for each in fresh(first).phases.all() if each.closes_at}

    assert hours() == {0, 9}
    prolong_consultation(consultation=first, actor=None, until=until, at=now)
    assert hours() == {0, 9}
    close_consultation(consultation=fresh(first), actor=None, at=now)
    assert hours() == {0, 9}


@pytest.mark.dates
def test_an_end_is_only_moved_to_a_later_moment(in_saran: Municipality) -> None:
    now, first = timezone.now(), the_first()
    schedule_phases(consultation=first, opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=10))
    for days in (-1, 9, 10):
        until = now + timedelta(days=days)
        assert (
            refused(lambda until=until: prolong_consultation(consultation=first, actor=None, until=until, at=now))  # type: ignore[misc]
            == "ends_later"
        )


def test_one_that_was_closed_by_mistake_goes_on(in_saran: Municipality) -> None:
    first, now = the_first(), timezone.now()
    schedule_phases(consultation=first, opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=10))
    before = moments_of(first)
    until = before[PhaseKind.PROPOSE][1]
    close_consultation(consultation=first, actor=None, at=now)
    assert end_to_prolong(fresh(first), at=now) == until
    prolong_consultation(consultation=first, actor=None, until=until, at=now)
    assert state(first) == ConsultationState.OPEN
    assert moments_of(first) == before
    close_consultation(consultation=first, actor=None, at=now + timedelta(days=1))
    prolong_consultation(consultation=first, actor=None, until=until + timedelta(days=3), at=now + timedelta(days=1))
    answering = before[PhaseKind.ANSWER]
    assert moments_of(first)[PhaseKind.ANSWER] == tuple(each + timedelta(days=3) for each in answering if each)


def test_other_words_do_not_open_again_what_was_closed(in_saran: Municipality) -> None:
    """The form of the desk sends the dates as they are with every word."""
    first, now = the_first(), timezone.now()
    schedule_phases(consultation=first, opens_at=now - timedelta(days=10), closes_at=now + timedelta(days=10))
    close_consultation(consultation=first, actor=None, at=now)
    propose = first.phases.get(kind=PhaseKind.PROPOSE)
    dates = {"opens_at": propose.opens_at, "closes_at": propose.closes_at}
    update_consultation(consultation=first, actor=None, dates=dates, at=now, title="Le jour d’avant")
    assert state(first) == ConsultationState.CLOSED


# ── The archives ──────────────────────────────────────────────────────────────


def test_only_what_is_closed_is_archived(in_saran: Municipality) -> None:
    new = opened(in_saran)
    assert refused(lambda: archive_consultation(consultation=new, actor=None, at=timezone.now())) == "still_open"
    close_consultation(consultation=new, actor=None, at=timezone.now())
    archive_consultation(consultation=new, actor=None, at=timezone.now())
    archive_consultation(consultation=new, actor=None, at=timezone.now())
    assert state(new) == ConsultationState.ARCHIVED
    assert AuditEntry.objects.filter(action="consultation_archived").count() == 1


def test_the_home_is_given_to_another_open_one_before_its_consultation_is_archived(in_saran: Municipality) -> None:
    first, new = the_first(), opened(in_saran)
    close_consultation(consultation=first, actor=None, at=timezone.now())
    assert refused(lambda: archive_consultation(consultation=first, actor=None, at=timezone.now())) == "another_first"
    put_forward(consultation=new, actor=None)
    archive_consultation(consultation=first, actor=None, at=timezone.now())
    assert on_the_home() == new.title


def test_a_home_without_a_consultation_is_wanted_not_stumbled_into(in_saran: Municipality) -> None:
    first, now = the_first(), timezone.now()
    close_consultation(consultation=first, actor=None, at=now)
    assert refused(lambda: archive_consultation(consultation=first, actor=None, at=now)) == "home_would_be_quiet"
    archive_consultation(consultation=first, actor=None, at=now, quiet_home=True)
    assert not Consultation.objects.filter(is_current=True).exists()


def test_one_comes_back_from_the_archives_closed(in_saran: Municipality) -> None:
    old = archived(in_saran)
    unarchive_consultation(consultation=old, actor=None)
    assert state(old) == ConsultationState.CLOSED


WRITES: dict[str, Callable[[Consultation, Challenge, Document, Any], object]] = {
    "update_consultation": lambda c, d, f, who: update_consultation(
        consultation=c,
        actor=who,
        dates={"opens_at": timezone.now(), "closes_at": timezone.now()},
        at=timezone.now(),
        title="Autre",
    ),
    "add_challenge": lambda c, d, f, who: add_challenge(consultation=c, actor=who, label="Rue", question="Comment ?"),
    "edit_challenge": lambda c, d, f, who: edit_challenge(challenge=d, actor=who, revision=d.revision, label="Rue"),
    "take_library_wording": lambda c, d, f, who: take_library_wording(
        challenge=d, actor=who, version=99, fields=[], revision=d.revision
    ),
    "validate_challenge": lambda c, d, f, who: validate_challenge(
        challenge=d, actor=who, revision=d.revision, at=timezone.now()
    ),
    "unvalidate_challenge": lambda c, d, f, who: unvalidate_challenge(challenge=d, actor=who),
    "move_challenge": lambda c, d, f, who: move_challenge(challenge=d, actor=who, up=False),
    "remove_challenge": lambda c, d, f, who: remove_challenge(challenge=d, actor=who),
    "add_document": lambda c, d, f, who: add_document(
        consultation=c, actor=who, title="Autre", url="", text="Mots.", at=timezone.now()
    ),
    "remove_document": lambda c, d, f, who: remove_document(consultation=c, document_id=f.pk, actor=who),
    "say_no_documents": lambda c, d, f, who: say_no_documents(consultation=c, actor=who),
    "close_consultation": lambda c, d, f, who: close_consultation(consultation=c, actor=who, at=timezone.now()),
    "prolong_consultation": lambda c, d, f, who: prolong_consultation(
        consultation=c, actor=who, until=timezone.now() + timedelta(days=900), at=timezone.now()
    ),
    "put_forward": lambda c, d, f, who: put_forward(consultation=c, actor=who),
}


def test_an_archived_one_is_read_only_for_the_desk_too(in_saran: Municipality, person: Callable[..., Any]) -> None:
    """What it answers to participants: tests/participation/test_phases.py."""
    old, who = archived(in_saran), UserFactory(administrator=True)
    document = Document.objects.create(consultation=old, title="L’étude", text="Des mots.")
    challenge = old.challenges.order_by("position", "pk")[0]
    answers = {name: refused(lambda call=call: call(old, challenge, document, who)) for name, call in WRITES.items()}  # type: ignore[misc]
    assert answers == dict.fromkeys(WRITES, "consultation_archived")
    assert refused(lambda: give_up(consultation=old, actor=who)) == "opened_already"


def test_the_database_itself_keeps_an_archived_one_from_the_home(in_saran: Municipality) -> None:
    first = the_first()
    with pytest.raises(IntegrityError, match="consultation_archived_was_open"), transaction.atomic():
        Consultation.objects.filter(pk=first.pk).update(archived_at=timezone.now())


# ── Giving one up ─────────────────────────────────────────────────────────────


def test_one_that_never_opened_is_given_up_with_all_of_it(in_saran: Municipality) -> None:
    new, who = prepared(in_saran), UserFactory(administrator=True)
    DraftFactory(author=who, challenge=new.challenges.get(slug="ecologie-2"))
    give_up(consultation=new, actor=who)
    give_up(consultation=new, actor=who)
    assert list(Consultation.objects.all()) == [the_first()]
    entry = AuditEntry.objects.get(action="consultation_given_up")
    assert entry.details["title"] == "Nos rues"


def test_one_that_has_been_opened_stays(in_saran: Municipality) -> None:
    assert refused(lambda: give_up(consultation=the_first(), actor=UserFactory())) == "opened_already"
    assert ChallengeInUse.code == "challenge_in_use"


# ── Two at once ───────────────────────────────────────────────────────────────


def at_once(city: Municipality, *calls: Callable[[], object]) -> list[str]:
    """What each answers, all begun together."""
    start, answers = threading.Barrier(len(calls)), [""] * len(calls)

    def run(number: int, call: Callable[[], object]) -> None:
        try:
            with schema_context(city.schema_name):
                start.wait(10)
                answers[number] = refused(call)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_two_people_at_once_leave_one_consultation_on_the_home(real_db: str) -> None:
    with schema_context("public"):
        city = Municipality.objects.get(slug="saran")
    now = timezone.now()
    with schema_context(city.schema_name):
        one, two = opened(city, "Nos rues"), make_ready(prepared(city, "Le parc"))
    answers = at_once(
        city,
        lambda: put_forward(consultation=one, actor=None),
        lambda: open_consultation(consultation=two, municipality=city, actor=None, at=now),
        lambda: open_consultation(consultation=two, municipality=city, actor=None, at=now),
        lambda: prepared(city, "Le parc"),
        lambda: prepared(city, "Nos rues"),
        lambda: prepared(city, "Nos rues"),
    )
    assert answers == [""] * 6
    with schema_context(city.schema_name):
        assert on_the_home() == "Nos rues"
        assert AuditEntry.objects.filter(action="consultation_opened", subject_id=str(two.pk)).count() == 1
        assert Consultation.objects.filter(title="Nos rues").count() == 2
    close: Callable[[], object] = lambda: close_consultation(consultation=one, actor=None, at=now)  # noqa: E731
    assert at_once(city, close, close) == ["", ""]
    archive: Callable[[], object] = lambda: archive_consultation(consultation=one, actor=None, at=now)  # noqa: E731
    with schema_context(city.schema_name):
        forward: Callable[[], object] = lambda: put_forward(consultation=two, actor=None)  # noqa: E731
    answers = at_once(city, archive, forward)
    assert answers in (["", ""], ["another_first", ""])
    with schema_context(city.schema_name):
        assert on_the_home() == "Le parc"
        assert connection.schema_name == city.schema_name
