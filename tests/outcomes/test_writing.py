"""Answers are written: assigned, drafted one by one or together, given to be signed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry, User
from common.meanwhile import ChangedMeanwhile
from common.templatetags.ui import full_day, last_day
from consultations.framing.models import Consultation
from consultations.outcomes.enums import AnswerState, Decision
from consultations.outcomes.models import Answer
from consultations.outcomes.services.assigning import assign_answers
from consultations.outcomes.services.lateness import tell_late
from consultations.outcomes.services.refusals import (
    AnswerIncomplete,
    DayPassed,
    NoLongerTheirs,
    NotAble,
    NotAfterPromise,
    NotAnswerable,
    NothingToCorrect,
    NotLate,
    TooFar,
)
from consultations.outcomes.services.writing import Text, give_up_correction, write_answers
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from notifications.models import Notice
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.outcomes.factories import REASONS, AnswerFactory, OpinionFactory, promise, published_answer, tell
from tests.participation.factories import ProposalFactory, merge
from tests.support.pages import error_codes, says

LIST = "/gestion/consultations/territoires-resilients/reponses/"
SAID = Text(decision=Decision.ADAPTED, reasons=REASONS)


@pytest.fixture
def consultation(in_saran: Municipality) -> Consultation:
    return Consultation.objects.get()


def writer(**kwargs: Any) -> User:
    return UserFactory(role=Role.FACILITATOR, function="animation", **kwargs)  # type: ignore[return-value]


def signer(**kwargs: Any) -> User:
    made = {"role": Role.DECISION_MAKER, "public_name": "Hélène Vasseur", "function": "adjointe", **kwargs}
    return UserFactory(**made)  # type: ignore[return-value]


def write(consultation: Consultation, *proposals: Proposal, text: Text = SAID, **kwargs: Any) -> list[Answer]:
    told: dict[str, Any] = {"revisions": {}, "actor": writer(), "at": timezone.now(), **kwargs}
    return write_answers(consultation=consultation, texts={each.pk: text for each in proposals}, **told)


# ── Assigning ────────────────────────────────────────────────────────────────


def test_answers_are_given_to_somebody_for_a_day_and_they_are_told_once(consultation: Consultation) -> None:
    proposals, boss, chosen = ProposalFactory.create_batch(3), writer(), writer()
    day = timezone.localdate() + timedelta(days=9)
    given: dict[str, Any] = {"consultation": consultation, "proposals": [each.pk for each in proposals]}
    for _twice in range(2):
        assign_answers(**given, actor=boss, at=timezone.now(), writer_id=chosen.pk, due_on=day)
    assert set(Answer.objects.values_list("writer", "due_on")) == {(chosen.pk, day)}
    tell()
    notice = Notice.objects.get()
    assert (notice.user, notice.type, notice.count) == (chosen, "ANSWER_ASSIGNED", 3)


def test_what_is_not_said_stays_and_what_cannot_be_is_refused(consultation: Consultation) -> None:
    answer, actor, now = AnswerFactory(writer=writer()), writer(), timezone.now()
    given: dict[str, Any] = {"consultation": consultation, "proposals": [answer.proposal_id], "at": now}
    assign_answers(**given, actor=actor, due_on=timezone.localdate())
    before = answer.writer_id
    answer.refresh_from_db()
    assert (answer.writer_id, answer.due_on) == (before, timezone.localdate())
    with pytest.raises(DayPassed):
        assign_answers(**given, actor=actor, due_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(NotAble):
        assign_answers(**given, actor=actor, writer_id=UserFactory(role=Role.OBSERVER).pk)
    with pytest.raises(NoLongerTheirs):
        assign_answers(**given, actor=UserFactory(role=Role.DECISION_MAKER), writer_id=actor.pk)
    Proposal.objects.update(status=Status.HIDDEN)
    with pytest.raises(NotAnswerable):
        assign_answers(**given, actor=actor, writer_id=actor.pk)


# ── Writing ──────────────────────────────────────────────────────────────────


def test_a_draft_is_kept_and_is_its_writers(consultation: Consultation) -> None:
    proposal, actor = ProposalFactory(), writer()
    (answer,) = write(consultation, proposal, text=Text(reasons="À voir."), actor=actor)
    assert (answer.state, answer.writer, answer.reasons, answer.revision) == (AnswerState.WRITING, actor, "À voir.", 1)
    write(consultation, proposal, text=Text(reasons="À voir."), actor=actor, revisions={proposal.pk: 1})
    assert AuditEntry.objects.filter(action="answer_written").count() == 1


def test_two_writers_see_each_other_and_nothing_is_overwritten(consultation: Consultation) -> None:
    proposal, other = ProposalFactory(), ProposalFactory()
    write(consultation, proposal)
    with pytest.raises(ChangedMeanwhile) as refusal:
        write(consultation, proposal, other, text=Text(reasons="Autre chose, et tout autant."))
    assert [each.proposal_id for each in refusal.value.now.values()] == [proposal.pk]
    assert list(Answer.objects.values_list("reasons", flat=True)) == [REASONS]


def test_one_text_for_several_has_a_sentence_for_each(consultation: Consultation) -> None:
    first, second, chosen = ProposalFactory(), ProposalFactory(), signer()
    texts = {
        first.pk: Text(Decision.ADOPTED, "Votre fontaine sera la première.", REASONS),
        second.pk: Text(Decision.ADOPTED, "", REASONS),
    }
    now = timezone.now()
    given = write_answers(
        consultation=consultation, texts=texts, revisions={}, actor=writer(), at=now, signer_id=chosen.pk
    )
    assert {each.state for each in given} == {AnswerState.TO_SIGN}
    assert dict(Answer.objects.values_list("proposal", "own_words")) == {
        first.pk: "Votre fontaine sera la première.",
        second.pk: "",
    }


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (Text(), {"decision", "reasons"}),
        (Text(Decision.DECLINED, reasons="Non."), {"reasons"}),
        (Text(Decision.ELSEWHERE, reasons=REASONS), {"competent"}),
        (Text(Decision.STUDIED, reasons=REASONS), {"expected_on"}),
        (Text(Decision.STUDIED, reasons=REASONS, expected_on=timezone.now().date()), {"expected_on"}),
    ],
)
def test_what_lacks_something_is_a_draft_and_not_to_be_signed(
    consultation: Consultation, text: Text, missing: set[str]
) -> None:
    proposal = ProposalFactory()
    with pytest.raises(AnswerIncomplete) as refusal:
        write(consultation, proposal, text=text, signer_id=signer().pk)
    assert set(refusal.value.fields) == missing
    assert not Answer.objects.exists()
    assert write(consultation, proposal, text=text)[0].state == AnswerState.WRITING


def test_who_signs_may_sign_and_has_a_name_and_a_function(consultation: Consultation) -> None:
    proposal = ProposalFactory()
    for number, said in enumerate(({"function": ""}, {"role": Role.FACILITATOR}, {"is_active": False})):
        person = signer(public_name=f"Personne {number}", **said)
        with pytest.raises(NotAble):
            write(consultation, proposal, signer_id=person.pk)


def test_nothing_is_written_to_what_is_hidden_withdrawn_or_merged(consultation: Consultation) -> None:
    merged = merge(2).sources.select_related("proposal")[0].proposal
    others = [ProposalFactory(status=status) for status in (Status.HIDDEN, Status.WITHDRAWN, Status.HELD)]
    for proposal in (merged, *others):
        with pytest.raises(NotAnswerable):
            write(consultation, proposal)


def test_writing_takes_back_what_waited_for_a_signature(consultation: Consultation) -> None:
    answer = AnswerFactory(to_sign=True)
    text = Text(answer.decision, reasons=f"{REASONS} Encore un mot.")
    (answer,) = write(consultation, answer.proposal, text=text)
    assert (answer.state, answer.given_at) == (AnswerState.WRITING, None)


def test_a_published_answer_stays_until_its_correction_is_signed_and_says_what_changes(
    consultation: Consultation,
) -> None:
    answer = published_answer()
    text = Text(Decision.DECLINED, reasons=REASONS)
    (written,) = write(consultation, answer.proposal, text=text)
    assert (written.state, written.current.decision) == (AnswerState.WRITING, Decision.ADAPTED)
    with pytest.raises(AnswerIncomplete) as refusal:
        write(consultation, answer.proposal, text=text, revisions={answer.proposal_id: 1}, signer_id=signer().pk)
    assert set(refusal.value.fields) == {"change"}
    undo = {"consultation": consultation, "proposal_id": answer.proposal_id, "actor": writer(), "at": timezone.now()}
    again = give_up_correction(**undo)  # type: ignore[arg-type]
    assert (again.state, again.decision) == (AnswerState.PUBLISHED, Decision.ADAPTED)
    with pytest.raises(NothingToCorrect):
        give_up_correction(**undo)  # type: ignore[arg-type]


def test_a_delay_is_told_with_its_new_date(consultation: Consultation) -> None:
    answer, now, today = AnswerFactory(), timezone.now(), timezone.localdate()
    told: dict[str, Any] = {
        "consultation": consultation,
        "proposal_id": answer.proposal_id,
        "why": "Le devis des canalisations manque encore.",
        "actor": writer(),
        "at": now,
    }
    promise(None)
    with pytest.raises(NotLate):
        tell_late(until=today + timedelta(days=30), **told)
    promise(now - timedelta(days=2))
    with pytest.raises(DayPassed):
        tell_late(until=today - timedelta(days=1), **told)
    promise(now + timedelta(days=9))
    with pytest.raises(NotAfterPromise) as refused:
        tell_late(until=today + timedelta(days=2), **told)
    assert full_day(last_day(now + timedelta(days=9))) in str(refused.value.message)
    promise(now - timedelta(days=2))
    with pytest.raises(TooFar):
        tell_late(until=today + timedelta(days=366 * 5), **told)
    first, last = today + timedelta(days=30), today + timedelta(days=60)
    assert tell_late(until=first, **told).late_until == first
    tell_late(until=last, **{**told, "why": "Le devis manque toujours."})
    again = tell_late(until=last, **told)
    assert (again.late_until, again.announced_before) == (last, [first]), "the days that people had read stay"


# ── On the page ──────────────────────────────────────────────────────────────


def test_the_page_keeps_a_draft_then_gives_it_to_be_signed(
    consultation: Consultation, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    proposal, chosen = ProposalFactory(title="Une fontaine place de la Halle"), signer()
    client, page = visit(in_saran, writer(), stays=True), f"{LIST}{proposal.pk}/"
    assert "Hélène Vasseur, adjointe" in client.get(page).content.decode()
    sent = {"decision": "ELSEWHERE", "reasons": REASONS, "revision": "0", "signer": str(chosen.pk)}
    assert error_codes(client.post(page, sent | {"do": "give"}), "competent") == ["answer_incomplete"]
    assert client.post(page, sent | {"do": "keep"}).status_code == 302
    kept = Answer.objects.get()
    assert (kept.signer, kept.state) == (chosen, AnswerState.WRITING), "who is to sign is part of the draft"
    answer = client.post(page, sent | {"do": "give", "competent": "La région", "revision": "1"})
    assert answer.status_code == 302
    assert Answer.objects.get().signer == chosen


def test_giving_to_sign_says_which_opinions_were_still_awaited(
    consultation: Consultation, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    first, second = ProposalFactory.create_batch(2)
    answer = AnswerFactory(proposal=first, written=True)
    OpinionFactory(answer=answer, stance="FAVOURABLE", given_at=timezone.now())
    OpinionFactory(answer=answer, taken_back_at=timezone.now())
    for service in ("Voirie", "Eau"):
        OpinionFactory(answer=answer, service_name=service)
    client = visit(in_saran, writer(), stays=True)
    sent = {"decision": "ADOPTED", "reasons": REASONS, "revision": "0", "signer": str(signer().pk), "do": "give"}
    said = client.post(f"{LIST}{first.pk}/", sent, follow=True).content.decode().replace("\xa0", " ")
    assert "La réponse est donnée à signer. 2 avis étaient encore attendus : Voirie, Eau." in said
    said = client.post(f"{LIST}{second.pk}/", sent, follow=True).content.decode()
    assert "La réponse est donnée à signer." in said
    assert "encore attendu" not in said


def test_what_changes_is_said_to_be_needed_to_be_signed(
    consultation: Consultation, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    answer = published_answer()
    client = visit(in_saran, writer(), stays=True)
    for page in (f"{LIST}{answer.proposal_id}/", f"{LIST}ensemble/?choix={answer.proposal_id}"):
        shown = client.get(page).content.decode()
        label = shown[shown.index(">Ce qui change") :].partition("</label>")[0]
        assert "(demandé pour signer)" in label
        assert "facultatif" not in label


def test_what_somebody_else_wrote_meanwhile_stands_beside_what_was_typed(
    consultation: Consultation, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    answer = AnswerFactory(written=True, revision=3)
    client, page = visit(in_saran, writer(), stays=True), f"{LIST}{answer.proposal_id}/"
    typed = {"decision": "DECLINED", "reasons": "Nous ne le ferons pas avant dix ans.", "revision": "2", "do": "keep"}
    refused = client.post(page, typed)
    assert refused.status_code == 409
    shown = refused.content.decode()
    assert "Nous ne le ferons pas avant dix ans." in shown
    assert "fontaines" in shown
    assert client.post(page, typed | {"revision": "3"}).status_code == 302
    assert Answer.objects.get().decision == Decision.DECLINED


def test_what_was_typed_for_a_proposal_hidden_meanwhile_can_be_copied(
    consultation: Consultation, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    proposal = ProposalFactory(status=Status.HIDDEN, title="Un titre secret")
    client = visit(in_saran, writer(), stays=True)
    refused = client.post(f"{LIST}{proposal.pk}/", {"decision": "DECLINED", "reasons": REASONS, "do": "keep"})
    assert refused.status_code == 409
    assert REASONS in refused.content.decode()
    assert "Un titre secret" not in refused.content.decode()


def test_several_are_answered_together_each_with_its_sentence(
    consultation: Consultation, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    first, second = ProposalFactory(), AnswerFactory(written=True, revision=4).proposal
    client, page = visit(in_saran, writer(), stays=True), f"{LIST}ensemble/"
    chosen = signer()
    assert client.get(page, {"choix": [first.pk, second.pk]}).status_code == 200
    sent = {
        "choix": [first.pk, second.pk],
        "decision": "ADOPTED",
        "reasons": REASONS,
        "signer": chosen.pk,
        f"own-{first.pk}": "La vôtre sera la première.",
        f"revision-{first.pk}": "0",
        f"revision-{second.pk}": "3",
        "do": "give",
    }
    refused = client.post(page, sent)
    assert refused.status_code == 409
    assert "La vôtre sera la première." in refused.content.decode()
    Proposal.objects.filter(pk=first.pk).update(version=2)
    sent |= {f"revision-{second.pk}": "4", f"version-{first.pk}": "1"}
    newer = client.post(page, sent)
    assert error_codes(newer, "__all__") == ["new_version"]
    assert f'name="version-{first.pk}" value="2"' in newer.content.decode()
    assert client.post(page, sent | {f"version-{first.pk}": "2"}).status_code == 302
    assert set(Answer.objects.values_list("state", "signer")) == {(AnswerState.TO_SIGN, chosen.pk)}


def test_those_who_only_follow_read_and_do_not_write(
    consultation: Consultation, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    answer = AnswerFactory(written=True)
    client = visit(in_saran, UserFactory(role=Role.OBSERVER), stays=True)
    page = client.get(f"{LIST}{answer.proposal_id}/")
    assert REASONS in page.content.decode()
    assert b"<textarea" not in page.content
    assert client.post(f"{LIST}{answer.proposal_id}/", {"do": "keep"}).status_code == 404


def test_the_forms_of_several_say_at_their_field_what_is_wrong(
    consultation: Consultation, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    proposal, client = ProposalFactory(), visit(in_saran, writer(), stays=True)
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    told = client.post(f"{LIST}confier/", {"choix": proposal.pk, "due_on": yesterday})
    assert error_codes(told, "due_on") == ["day_passed"]
    assert says(told, DayPassed)
    assert error_codes(client.post(f"{LIST}demander-un-avis/", {"choix": proposal.pk}), "service") == ["required"]
    done = client.post(f"{LIST}confier/", {"choix": proposal.pk, "writer": writer().pk})
    assert done.status_code == 302


def test_who_writes_reads_which_version_they_answer_and_a_newer_one_before_they_give_the_answer_to_be_signed(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    proposal, boss = ProposalFactory(version=2, reworked_at=timezone.now()), signer()
    client, address = visit(in_saran, writer(), stays=True), f"{LIST}{proposal.pk}/"
    assert "Vous répondez à sa version 2" in client.get(address).content.decode()
    form = {"decision": "DECLINED", "reasons": REASONS, "signer": str(boss.pk), "revision": "0", "version": "2"}
    Proposal.objects.filter(pk=proposal.pk).update(version=3)
    page = client.post(address, {**form, "do": "give"})
    assert page.status_code == 409
    assert error_codes(page, "__all__") == ["new_version"]
    for words in (REASONS, 'name="version" value="3"'):
        assert words in page.content.decode()
    assert not Answer.objects.filter(state=AnswerState.TO_SIGN).exists()
    assert client.post(address, {**form, "do": "give", "version": "3"}).status_code == 302
    assert Answer.objects.get().proposal_version == 3
