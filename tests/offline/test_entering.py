"""Sheets typed for people: once, in nobody of the team's name, moderated as what people write here."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from accounts.journal import journal
from accounts.models import AuditEntry
from accounts.names import key_of
from common.outbox import messages_of, send_event
from consultations.framing.enums import Moderation
from consultations.framing.models import Consultation
from consultations.moderation.models import Case
from consultations.offline import codes
from consultations.offline.models import Entry, EntryDesk, Receipt
from consultations.offline.rules import title_of
from consultations.offline.selectors import desk_of
from consultations.offline.services import entering, own, refusals
from consultations.offline.services.receipts import entry_under
from consultations.participation.counts import recount
from consultations.participation.enums import Channel, Status
from consultations.participation.models import Argument, Proposal
from consultations.participation.services.reactions import react
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.offline.factories import SOLUTION, entered, printed
from tests.participation.factories import ProposalFactory


@pytest.fixture
def consultation(in_saran: Municipality) -> Consultation:
    return Consultation.objects.get(is_current=True)


def test_a_sheet_becomes_a_proposal_of_nobody_of_the_team(consultation: Consultation) -> None:
    clerk = UserFactory(role=Role.FACILITATOR)
    made = entered(by=clerk, name="Jeanne D.", place="Marché", age_band="FROM_75", problem="Il fait chaud.")
    proposal = Proposal.objects.get()
    assert (proposal.author, proposal.author_name, proposal.channel) == (None, "Jeanne D.", Channel.PAPER)
    assert (proposal.title, proposal.problem, proposal.benefit) == (title_of(SOLUTION), "Il fait chaud.", "")
    assert proposal.versions.get().made_by is None
    # Its words are nowhere else, and the trail names numbers alone.
    made.entry.refresh_from_db()
    assert not any((*made.entry.texts.values(), made.entry.name))
    assert made.entry.age_band == "FROM_75"
    trail = AuditEntry.objects.get(action="offline_entered")
    assert (trail.actor, trail.subject_id) == (clerk, str(proposal.pk))
    assert trail.details == {"entry": made.entry.pk, "channel": "PAPER"}
    assert messages_of(send_event).filter(payload__event="proposal_submitted").exists()
    assert recount() == 0
    assert entry_under(made.code).pk == made.entry.pk
    assert EntryDesk.objects.get().place == "Marché"


def test_what_is_sent_twice_is_one_sheet_and_keeps_its_receipt(consultation: Consultation) -> None:
    key, code, by = uuid.uuid4(), codes.draw(), UserFactory(role=Role.FACILITATOR)
    first = entered(key=key, code=code, by=by)
    second = entered(key=key, code=code, by=by)
    assert (first.again, second.again) == (False, True)
    assert (second.entry.pk, second.code) == (first.entry.pk, code)
    # Whoever does not have its receipt makes no other of it.
    assert entered(key=key, by=UserFactory(role=Role.FACILITATOR)).code == ""
    assert (Proposal.objects.count(), Receipt.objects.count()) == (1, 1)


def test_another_sheet_under_a_key_that_came_before_is_refused_not_lost(consultation: Consultation) -> None:
    key, code, by = uuid.uuid4(), codes.draw(), UserFactory(role=Role.FACILITATOR)
    entered(key=key, code=code, by=by)
    with pytest.raises(refusals.OtherSheet):
        entered(key=key, code=code, by=by, solution="Autre chose, d’une autre personne.")
    assert Proposal.objects.count() == 1


def test_what_is_sent_again_after_it_was_corrected_is_the_same_sheet(consultation: Consultation) -> None:
    """As by a browser that missed the answer, and sends it hours later."""
    sent = {"key": uuid.uuid4(), "code": codes.draw(), "by": UserFactory(role=Role.FACILITATOR)}
    first = entered(**sent)
    own.correct(entry=first.entry, by=sent["by"], at=timezone.now(), solution="Tout autre chose : un parking.")
    again = entered(**sent)
    assert (again.entry.pk, again.code, again.again) == (first.entry.pk, sent["code"], True)
    own.bind(entry=first.entry, user=UserFactory(), at=timezone.now())
    assert entered(**sent).again
    with pytest.raises(refusals.OtherSheet):  # the copy of a tab, even with the words that stand there now
        entered(**sent, solution="Tout autre chose : un parking.")
    assert (Proposal.objects.count(), Receipt.objects.count(), Entry.objects.count()) == (1, 1, 1)


def test_what_is_sent_again_after_it_was_taken_out_says_so_and_stays_out(consultation: Consultation) -> None:
    sent = {"key": uuid.uuid4(), "code": codes.draw(), "by": UserFactory(role=Role.FACILITATOR)}
    entering.set_rule(consultation=consultation, read_twice=True, by=sent["by"])
    entry = entered(**sent, name="Jeanne D.", place="Marché").entry
    entering.begin_pile(consultation=consultation, by=sent["by"], size=5, at=timezone.now() - timedelta(hours=1))
    assert desk_of(consultation, sent["by"])["done"] == 1
    entering.take_out(entry=entry, by=sent["by"], at=timezone.now())
    entry.refresh_from_db()
    assert not any((*entry.texts.values(), entry.name, entry.place, entry.receipt))
    assert not Receipt.objects.exists()
    with pytest.raises(refusals.SheetTakenOut):
        entered(**sent, name="Jeanne D.", place="Marché")
    for twice in (entering.take_out, own.correct):
        with pytest.raises(refusals.SheetGone):
            twice(entry=entry, by=sent["by"], at=timezone.now())  # type: ignore[operator]
    assert Entry.objects.get().state == "TAKEN_OUT"
    shown = desk_of(consultation, sent["by"])
    assert (shown["last"], shown["done"], shown["to_read"]) == ([], 0, 0)


def test_whoever_changes_the_words_of_a_sheet_does_not_find_them_right(consultation: Consultation) -> None:
    clerk, other, third = (UserFactory(role=Role.FACILITATOR) for _unused in range(3))
    entering.set_rule(consultation=consultation, read_twice=True, by=clerk)
    entry, at = entered(by=clerk).entry, timezone.now()
    own.correct(entry=entry, by=other, at=at, solution="Tout autre chose : un parking souterrain.")
    for somebody in (clerk, other):
        with pytest.raises(refusals.SameReader):
            entering.read(entry=entry, by=somebody, at=at)
    assert entering.read(entry=entry, by=third, at=at)


def test_the_second_with_a_sheet_is_shown_the_first(consultation: Consultation) -> None:
    first = entered(sheet=12)
    with pytest.raises(refusals.SheetEntered) as refused:
        entered(sheet=12, solution="La même feuille, lue par quelqu’un d’autre.")
    assert refused.value.entry.pk == first.entry.pk
    assert Proposal.objects.count() == Entry.objects.count() == 1


def test_the_receipt_of_a_printed_sheet_works_once_it_is_entered(consultation: Consultation) -> None:
    (number, code), (_other, second) = printed(2)
    made = entered(sheet=number)
    assert made.code == ""  # it stands on the sheet: no other one is shown
    assert entry_under(code).pk == made.entry.pk
    by_receipt = entered(printed=codes.read(second), solution="La même rue, avec des bancs à l’ombre.")
    assert by_receipt.code == ""
    assert entry_under(second).pk == by_receipt.entry.pk
    assert Receipt.objects.count() == 2
    for twice in ({"sheet": number}, {"printed": codes.read(code)}):
        with pytest.raises(refusals.SheetEntered) as refused:
            entered(**twice)
        assert refused.value.entry.pk == made.entry.pk


def test_a_printed_sheet_is_of_its_consultation(consultation: Consultation) -> None:
    other = Consultation.objects.create(slug="autre", title="Le marché couvert", question="Où ?")
    ((number, code),) = printed(1, other)
    for typed in ({"sheet": number}, {"printed": codes.read(code)}):
        with pytest.raises(refusals.SheetOfAnother) as refused:
            entered(**typed)
        assert "«\u00a0Le marché couvert\u00a0»" in str(refused.value.message)
    with pytest.raises(refusals.NotPrinted):
        entered(printed=codes.draw())
    assert not Entry.objects.exists()
    # A number that nobody has printed may be on sheets of two consultations.
    Receipt.objects.create(consultation=other, sheet=77, digest=uuid.uuid4())
    assert entered(sheet=77).code


def test_an_argument_given_by_telephone_is_counted(consultation: Consultation) -> None:
    proposal = ProposalFactory()
    recount()
    said = {"kind": "ARGUMENT", "channel": "PHONE", "stance": "FOR", "solution": "Mon voisin le dit aussi."}
    entered(about=proposal.pk, **said)
    argument = Argument.objects.get()
    assert (argument.author, argument.channel, argument.author_name) == (None, Channel.PHONE, "Anonyme")
    proposal.refresh_from_db()
    assert proposal.for_count == 1
    assert recount() == 0
    elsewhere = [None, 10**12, proposal.pk + 10_000]
    for number in elsewhere:
        with pytest.raises(refusals.NoSuchProposal):
            entered(about=number, **said)


BAD: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "no challenge": ({"challenge": None}, refusals.ChallengeMissing, "challenge"),
    "tomorrow": ({"given_on": timezone.localdate() + timedelta(days=1)}, refusals.SheetDayToCome, "given_on"),
    "before": ({"given_on": timezone.localdate() - timedelta(days=300)}, refusals.NotOpenThen, "given_on"),
    "long ago": ({"given_on": timezone.localdate() - timedelta(days=3000)}, refusals.SheetLongAgo, "given_on"),
    "nothing": ({"solution": "Oui"}, refusals.FieldRefused, "solution"),
    "too much": ({"problem": "a" * 2001}, refusals.FieldRefused, "problem"),
    "short title": ({"title": "Non"}, refusals.FieldRefused, "title"),
    "a name of the city": ({"name": "Mairie de Saran"}, refusals.FieldRefused, "name"),
    "an address": ({"name": "jeanne@exemple.fr"}, refusals.FieldRefused, "name"),
    "a telephone": ({"name": "Jeanne 06 12 34 56 78"}, refusals.FieldRefused, "name"),
    "a colleague": ({"name": "helene VASSEUR"}, refusals.FieldRefused, "name"),
    "an age": ({"age_band": "SEVENTY"}, refusals.FieldRefused, "age_band"),
}


def test_what_cannot_be_is_refused_beside_its_field(consultation: Consultation) -> None:
    consultation.phases.filter(kind="PROPOSE").update(closes_at=timezone.now() - timedelta(days=2))
    name = "Hélène Vasseur"
    UserFactory(role=Role.DECISION_MAKER, public_name=name, name_key=key_of(name))
    for given, refusal, field in BAD.values():
        with pytest.raises(refusal) as refused:
            entered(**{"given_on": timezone.localdate() - timedelta(days=4), **given})
        assert refused.value.field == field  # type: ignore[attr-defined]
    assert not Entry.objects.exists()
    # A pile is typed after the phase has ended: it was open on the day on which it was given.
    with pytest.raises(refusals.NotOpenThen):
        entered()
    entered(given_on=timezone.localdate() - timedelta(days=4))


def test_where_the_city_reads_first_a_sheet_waits_like_everything(consultation: Consultation) -> None:
    Consultation.objects.update(moderation=Moderation.BEFORE)
    made = entered()
    proposal = Proposal.objects.get()
    assert proposal.status == Status.HELD
    assert Case.objects.get().subject_id == proposal.pk
    own.erase(entry=made.entry, at=timezone.now())
    assert not Proposal.objects.exists()
    assert not Case.objects.filter(is_held=True).exists()


def test_where_the_city_reads_first_what_is_corrected_waits_again(consultation: Consultation) -> None:
    made = entered()
    assert Proposal.objects.get().status == Status.PUBLISHED
    Consultation.objects.update(moderation=Moderation.BEFORE)
    entry = Entry.objects.select_related("consultation").get(pk=made.entry.pk)
    assert own.correct(entry=entry, by=None, at=timezone.now(), solution="Planter des tilleuls.", title="")
    assert Proposal.objects.get().status == Status.HELD


def test_a_printed_sheet_that_is_taken_out_is_typed_anew_and_its_receipt_opens(consultation: Consultation) -> None:
    by = UserFactory(role=Role.FACILITATOR)
    entering.set_rule(consultation=consultation, read_twice=True, by=by)
    ((number, code),) = printed(1)
    entering.take_out(entry=entered(sheet=number).entry, by=by, at=timezone.now())
    again = entered(sheet=number)
    assert again.code == ""
    assert entry_under(code).pk == again.entry.pk


def test_the_journal_names_a_sheet_by_the_number_on_its_paper_and_by_no_other(consultation: Consultation) -> None:
    by, other = UserFactory(role=Role.FACILITATOR), UserFactory(role=Role.MODERATOR)
    entering.set_rule(consultation=consultation, read_twice=True, by=by)
    entered(sheet=31, by=by)
    drafted = entered(sheet=32, is_draft=True, by=by).entry
    entering.take_out(entry=drafted, by=other, at=timezone.now())
    entered(by=by, solution="Planter des tilleuls devant l’école.")
    said = [line.about for line in journal().lines if line.what in ("Feuille saisie, à relire par un collègue",)]
    assert said == ["Feuille saisie", "Feuille 0031"]
    assert "Feuille saisie" in [line.about for line in journal(person=str(other.pk)).lines], "its row is gone"
    with CaptureQueriesContext(connection) as few:
        journal()
    for number in (33, 34, 35):
        entered(sheet=number, by=by, solution=f"Planter {number} tilleuls devant l’école.")
    with CaptureQueriesContext(connection) as more:
        journal()
    assert len(more) == len(few)


def test_a_colleague_reads_it_first_where_the_city_wants(consultation: Consultation) -> None:
    by, other = UserFactory(role=Role.FACILITATOR), UserFactory(role=Role.MODERATOR)
    entering.set_rule(consultation=consultation, read_twice=True, by=by)
    made = entered(by=by)
    assert not Proposal.objects.exists()
    assert entry_under(made.code).pk == made.entry.pk
    with pytest.raises(refusals.SameReader):
        entering.read(entry=made.entry, by=by, at=timezone.now())
    own.correct(entry=made.entry, by=by, at=timezone.now(), solution="Planter des tilleuls.", title="")
    assert entering.read(entry=made.entry, by=other, at=timezone.now())
    assert not entering.read(entry=made.entry, by=other, at=timezone.now())
    assert Proposal.objects.get().solution == "Planter des tilleuls."
    with pytest.raises(refusals.AlreadyRead):
        entering.take_out(entry=made.entry, by=other, at=timezone.now())


def test_a_draft_is_finished_under_its_key(consultation: Consultation) -> None:
    key, by = uuid.uuid4(), UserFactory(role=Role.FACILITATOR)
    entered(key=key, by=by, is_draft=True, solution="Plan", challenge=None)
    assert not Proposal.objects.exists()
    assert entered(key=key, by=by).entry.is_given
    assert Entry.objects.count() == Proposal.objects.count() == 1


def test_what_others_answered_no_longer_changes_and_is_still_erased(consultation: Consultation) -> None:
    made = entered()
    assert own.correct(entry=made.entry, by=None, at=timezone.now(), solution="Planter des tilleuls.")
    proposal = Proposal.objects.get()
    assert (proposal.solution, proposal.title) == ("Planter des tilleuls.", "Planter des tilleuls")
    assert proposal.versions.get().solution == "Planter des tilleuls."
    Argument.objects.create(proposal=proposal, author=UserFactory(), stance="FOR", text="Oui, et des bancs dessous.")
    recount()
    with pytest.raises(refusals.StandsNow):
        own.correct(entry=made.entry, by=None, at=timezone.now(), solution="Tout autre chose.")
    own.erase(entry=made.entry, at=timezone.now())
    proposal.refresh_from_db()
    assert (proposal.status, proposal.solution, proposal.imported_author) == (Status.REMOVED, "", "")
    assert recount() == 0
    with pytest.raises(refusals.ReceiptUnknown):
        entry_under(made.code)
    with pytest.raises(refusals.SheetGone):
        own.erase(entry=made.entry, at=timezone.now())


def test_a_receipt_binds_once_and_the_channel_stays(consultation: Consultation) -> None:
    made, user = entered(name="Jeanne D.", channel="DESK"), UserFactory()
    proposal = Proposal.objects.get()
    react(proposal=proposal, user=user, value="LIKE", at=timezone.now())
    with pytest.raises(refusals.ActedThere):
        own.bind(entry=made.entry, user=user, at=timezone.now())
    other = UserFactory()
    own.bind(entry=made.entry, user=other, at=timezone.now())
    proposal.refresh_from_db()
    assert (proposal.author, proposal.imported_author, proposal.channel) == (other, "", Channel.DESK)
    for again in (own.bind, own.erase, own.correct):
        given = {"user": user} if again is own.bind else {"by": None} if again is own.correct else {}
        with pytest.raises(refusals.SheetBound):
            again(entry=made.entry, at=timezone.now(), **given)  # type: ignore[operator]


def test_a_sheet_is_not_attached_to_who_typed_or_read_it(consultation: Consultation) -> None:
    """They had its receipt in their hands before the person who wrote it."""
    made, reader = entered(), UserFactory()
    assert made.entry.typed_by
    Entry.objects.filter(pk=made.entry.pk).update(read_by=reader)
    for user in (made.entry.typed_by, reader):
        with pytest.raises(refusals.TypedByThem):
            own.bind(entry=made.entry, user=user, at=timezone.now())
    own.bind(entry=made.entry, user=UserFactory(), at=timezone.now())


def test_an_argument_is_not_attached_to_an_author_of_its_proposal(consultation: Consultation) -> None:
    proposal = ProposalFactory()
    made = entered(kind="ARGUMENT", about=proposal.pk, stance="FOR", solution="Mon voisin le dit aussi.")
    with pytest.raises(refusals.ActedThere):
        own.bind(entry=made.entry, user=proposal.author, at=timezone.now())  # type: ignore[arg-type]


def test_a_day_of_another_century_is_a_slip(consultation: Consultation) -> None:
    with pytest.raises(refusals.SheetLongAgo):
        entered(given_on=timezone.localdate() - timedelta(days=400))
    entered(given_on=timezone.localdate() - timedelta(days=300))


def test_nothing_typed_stands_in_a_title_beyond_its_length() -> None:
    assert title_of("Planter des arbres. Et des bancs.") == "Planter des arbres"
    assert title_of("Oui. " + "mot " * 60).endswith("…")
    assert len(title_of("a" * 500)) <= 120


def test_what_cannot_be_attached_or_erased_says_why(consultation: Consultation) -> None:
    user, at = UserFactory(), timezone.now()
    proposal = ProposalFactory()
    said = {"kind": "ARGUMENT", "about": proposal.pk, "stance": "FOR", "solution": "Mon voisin le dit aussi."}
    made = entered(**said)
    Argument.objects.create(proposal=proposal, author=user, stance="FOR", text=said["solution"])
    with pytest.raises(refusals.SaidThere):
        own.bind(entry=made.entry, user=user, at=at)
    waits = entered(solution="Une autre idée, qui attend.")
    Proposal.objects.filter(pk=waits.entry.proposal_id).update(status=Status.HELD)
    with pytest.raises(refusals.NotYetGiven):
        own.bind(entry=waits.entry, user=user, at=at)
    Proposal.objects.filter(pk=waits.entry.proposal_id).update(stage="COLLECTIVE")
    with pytest.raises(refusals.BroughtTogether):
        own.erase(entry=waits.entry, at=at)
