"""Signing publishes, in the words that were read; what cannot be signed is said, and the others go out."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry, User
from common.models import OutboxMessage
from common.refusals import Refusal
from consultations.framing.models import Challenge, Consultation
from consultations.outcomes.enums import AnswerState, Decision
from consultations.outcomes.models import Answer, AnswerVersion, Project
from consultations.outcomes.services.letting_go import let_go_of_answers
from consultations.outcomes.services.refusals import (
    AnswerIncomplete,
    NoLongerTheirs,
    NotAnswerable,
    NotToSign,
    ReadAgain,
    SignatureMissing,
    SignedAlready,
)
from consultations.outcomes.services.signing import Signed, send_back, sign_answers
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from notifications.models import Notice
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.outcomes.factories import AnswerFactory, OpinionFactory, published_answer, tell
from tests.outcomes.project_factories import project_from
from tests.participation.factories import ProposalFactory
from tests.support.pages import says

PAGE = "/gestion/consultations/territoires-resilients/reponses/signer/"


@pytest.fixture
def consultation(in_saran: Municipality) -> Consultation:
    return Consultation.objects.get()


@pytest.fixture
def mayor(in_saran: Municipality) -> User:
    return UserFactory(role=Role.DECISION_MAKER, public_name="Hélène Vasseur", function="adjointe à la transition")  # type: ignore[return-value]


def to_sign(mayor: User, **kwargs: Any) -> Answer:
    return AnswerFactory(to_sign=True, signer=mayor, **kwargs)  # type: ignore[return-value]


def sign(consultation: Consultation, mayor: User, *answers: Answer) -> Signed:
    read = {each.pk: each.revision for each in answers}
    return sign_answers(consultation=consultation, read=read, actor=mayor, at=timezone.now())


def test_signing_publishes_under_a_name_and_a_function_and_says_whose_opinions_it_rests_on(
    consultation: Consultation, mayor: User
) -> None:
    answer = to_sign(mayor, own_words="La vôtre sera la première.")
    OpinionFactory(answer=answer, given_at=timezone.now(), stance="FAVOURABLE")
    OpinionFactory(answer=answer, service__function="Voirie")
    (version,) = sign(consultation, mayor, answer).published
    answer.refresh_from_db()
    assert (answer.state, answer.current) == (AnswerState.PUBLISHED, version)
    assert (version.signed_name, version.signed_function) == ("Hélène Vasseur", "adjointe à la transition")
    assert (version.own_words, version.number) == ("La vôtre sera la première.", 1)
    assert version.opinions_of == ["Espaces verts"]
    assert AuditEntry.objects.filter(action="answer_published").count() == 1


def test_an_opinion_on_another_version_is_not_said_under_the_signature(consultation: Consultation, mayor: User) -> None:
    answer = to_sign(mayor, proposal__version=2)
    OpinionFactory(answer=answer, stance="FAVOURABLE", given_at=timezone.now(), proposal_version=1)
    mine = OpinionFactory(answer=answer, stance="FAVOURABLE", given_at=timezone.now(), service__function="Voirie")
    assert mine.proposal_version == 2
    assert sign(consultation, mayor, answer).published[0].opinions_of == ["Voirie"]


def test_each_is_announced_once_and_what_cannot_be_signed_is_said_with_why(
    consultation: Consultation, mayor: User
) -> None:
    now = timezone.now()
    good = [to_sign(mayor) for _each in range(3)]
    wrong: dict[Answer, type[Refusal]] = {
        to_sign(mayor, proposal__status=Status.HIDDEN): NotAnswerable,
        to_sign(mayor, proposal__status=Status.WITHDRAWN): NotAnswerable,
        to_sign(mayor, proposal__merged_into=ProposalFactory()): NotAnswerable,
        AnswerFactory(written=True, signer=mayor): NotToSign,
        published_answer(signer=mayor): SignedAlready,
        AnswerFactory(to_sign=True): NoLongerTheirs,
        to_sign(mayor, decision=Decision.STUDIED, expected_on=now.date()): AnswerIncomplete,
    }
    changed = to_sign(mayor)
    Answer.objects.filter(pk=changed.pk).update(revision=7)
    done = sign(consultation, mayor, *good, *wrong, changed)
    assert {each.answer_id for each in done.published} == {each.pk for each in good}
    assert {pk: type(refusal) for pk, refusal in done.refused.items()} == {
        **{each.pk: refusal for each, refusal in wrong.items()},
        changed.pk: ReadAgain,
    }
    told = [each.payload["payload"] for each in OutboxMessage.objects.filter(payload__event="answer_published")]
    assert sorted(each["version_id"] for each in told) == sorted(each.pk for each in done.published)


def test_a_right_that_was_just_taken_away_signs_nothing(consultation: Consultation, mayor: User) -> None:
    answer = to_sign(mayor)
    User.objects.filter(pk=mayor.pk).update(role=Role.OBSERVER)
    with pytest.raises(NoLongerTheirs):
        sign(consultation, mayor, answer)
    mayor.refresh_from_db()
    let_go_of_answers(mayor)
    answer.refresh_from_db()
    assert (answer.state, answer.signer) == (AnswerState.WRITING, None)
    assert "ne le fait plus" in answer.sent_back


def test_nobody_signs_without_a_name_and_a_function(consultation: Consultation, mayor: User) -> None:
    answer = to_sign(mayor)
    User.objects.filter(pk=mayor.pk).update(function="")
    with pytest.raises(SignatureMissing):
        sign(consultation, mayor, answer)
    assert not AnswerVersion.objects.exists()


def test_a_correction_keeps_what_was_signed_before(consultation: Consultation, mayor: User) -> None:
    answer = published_answer(signer=mayor)
    change = {"decision": Decision.DECLINED, "change": "Le réseau n’y passe pas."}
    Answer.objects.update(state=AnswerState.TO_SIGN, proposal_version=1, **change)
    answer.refresh_from_db()
    sign(consultation, mayor, answer)
    assert list(AnswerVersion.objects.values_list("number", "decision", "change")) == [
        (1, "ADAPTED", ""),
        (2, "DECLINED", "Le réseau n’y passe pas."),
    ]
    answer.refresh_from_db()
    assert (answer.current.number, answer.change) == (2, "")


def test_one_is_sent_back_with_a_word_to_whoever_wrote_it(consultation: Consultation, mayor: User) -> None:
    writer = UserFactory(role=Role.FACILITATOR)
    answer = to_sign(mayor, writer=writer)
    back: dict[str, Any] = {"consultation": consultation, "actor": mayor, "at": timezone.now()}
    with pytest.raises(ReadAgain):
        send_back(answer=answer, revision=9, words="Dites aussi quand.", **back)
    send_back(answer=answer, revision=answer.revision, words="Dites aussi quand.", **back)
    answer.refresh_from_db()
    assert (answer.state, answer.sent_back) == (AnswerState.WRITING, "Dites aussi quand.")
    with pytest.raises(NotToSign):
        send_back(answer=answer, revision=answer.revision, words="Dites aussi quand.", **back)
    tell()
    assert [(each.user, each.type) for each in Notice.objects.all()] == [(writer, "ANSWER_SENT_BACK")]


# ── On the page ──────────────────────────────────────────────────────────────


def test_the_page_shows_what_waits_for_this_person_alone(
    consultation: Consultation, mayor: User, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    mine, theirs = to_sign(mayor), AnswerFactory(to_sign=True)
    page = visit(in_saran, mayor, stays=True).get(PAGE).content.decode()
    assert mine.proposal.title in page
    assert theirs.proposal.title not in page
    assert "Une réponse attend votre signature" in page
    assert "Hélène Vasseur, adjointe à la transition" in page


def test_it_says_before_the_press_that_a_proposal_has_changed_since_and_offers_no_tick(
    consultation: Consultation, mayor: User, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    answer, changed = to_sign(mayor), to_sign(mayor)
    Proposal.objects.filter(pk=changed.proposal_id).update(version=2)
    page = visit(in_saran, mayor, stays=True).get(PAGE).content.decode()
    assert f'value="{answer.pk}.{answer.revision}"' in page
    assert f'value="{changed.pk}.{changed.revision}"' not in page
    assert page.count("La proposition a changé depuis que cette réponse a été écrite") == 1


def test_an_answer_of_another_consultation_is_none_here(
    consultation: Consultation, mayor: User, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    elsewhere = to_sign(mayor)
    other = Consultation.objects.create(slug="rues", title="Nos rues", question="Que faire ?", opened_at=timezone.now())
    Challenge.objects.filter(pk=elsewhere.proposal.challenge_id).update(consultation=other)
    page = visit(in_saran, mayor, stays=True).post(PAGE, {"choix": f"{elsewhere.pk}.{elsewhere.revision}"}, follow=True)
    assert elsewhere.proposal.title not in page.content.decode()
    assert not AnswerVersion.objects.exists()


def test_what_was_read_is_signed_and_what_changed_since_is_said(
    consultation: Consultation, mayor: User, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    first, second = to_sign(mayor), to_sign(mayor)
    client = visit(in_saran, mayor, stays=True)
    read = [f"{each.pk}.{each.revision}" for each in (first, second)]
    Answer.objects.filter(pk=second.pk).update(revision=3)
    page = client.post(PAGE, {"choix": read})
    assert page.status_code == 409
    assert says(page, ReadAgain)
    assert list(AnswerVersion.objects.values_list("answer", flat=True)) == [first.pk]
    assert client.post(PAGE, {"choix": f"{second.pk}.3"}).status_code == 302
    assert client.post(PAGE, {}).status_code == 302
    assert client.post(PAGE, {"choix": ["x", "1.2.3", "-4.1", "9999999.0"]}).status_code == 302
    assert AnswerVersion.objects.count() == 2


def test_the_page_sends_one_back_and_keeps_the_word_that_is_too_short(
    consultation: Consultation, mayor: User, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    answer = to_sign(mayor)
    client = visit(in_saran, mayor, stays=True)
    page = client.post(f"{PAGE}{answer.pk}/renvoyer/", {"words": "Non", "revision": answer.revision})
    assert page.status_code == 422
    assert b"Non" in page.content
    assert client.post(f"{PAGE}{answer.pk}/renvoyer/", {"words": "Dites quand.", "revision": "0"}).status_code == 302
    assert Answer.objects.get().sent_back == "Dites quand."
    gone = client.post(f"{PAGE}{answer.pk}/renvoyer/", {"words": "Dites pourquoi.", "revision": "1"})
    assert "Dites pourquoi." in gone.content.decode()


def test_a_hundred_cost_as_few_reads_as_two(consultation: Consultation, mayor: User) -> None:
    def selects(count: int) -> int:
        answers = [to_sign(mayor) for _each in range(count)]
        with CaptureQueriesContext(connection) as captured:
            sign(consultation, mayor, *answers)
        return sum(each["sql"].startswith("SELECT") for each in captured)

    selects(1)
    assert selects(2) == selects(12)


# ── At the same moment ───────────────────────────────────────────────────────


def _at_once(schema: str, *acts: Callable[[], object]) -> list[object]:
    found: list[object] = []
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            with schema_context(schema):
                gate.wait()
                found.append(act())
        except Refusal as refusal:
            found.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[each]) for each in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_signed_twice_at_once_is_published_once_and_sent_back_or_signed_never_both(real_db: str) -> None:
    with schema_context("public"):
        schema = Municipality.objects.get(slug="saran").schema_name
    with schema_context(schema):
        consultation = Consultation.objects.get()
        mayor = UserFactory(role=Role.DECISION_MAKER, public_name="Hélène Vasseur", function="adjointe")
        once, either = to_sign(mayor), to_sign(mayor)
    now = timezone.now()
    _at_once(schema, lambda: sign(consultation, mayor, once), lambda: sign(consultation, mayor, once))
    back = {"answer": either, "revision": 0, "words": "Dites aussi quand.", "actor": mayor, "at": now}
    _at_once(
        schema,
        lambda: sign(consultation, mayor, either),
        lambda: send_back(consultation=consultation, **back),
    )
    with schema_context(schema):
        assert AnswerVersion.objects.filter(answer=once).count() == 1
        either.refresh_from_db()
        assert bool(either.current) is not bool(either.sent_back)
        assert either.state in (AnswerState.PUBLISHED, AnswerState.WRITING)


@pytest.mark.parametrize("decision", [Decision.DECLINED, Decision.ELSEWHERE, Decision.STUDIED])
def test_what_became_a_project_is_no_longer_accepted_once_the_project_is_given_up_and_a_draft_lets_go_of_it(
    consultation: Consultation, mayor: User, decision: Decision
) -> None:
    answer = published_answer(signer=mayor)
    project = project_from(answer.proposal, title="La fontaine", state="UNDERWAY")
    draft = project_from(answer.proposal, title="Un autre", slug="un-autre", published_at=None)
    no: dict[str, Any] = {"decision": decision, "change": "Le budget a changé.", "state": AnswerState.TO_SIGN}
    no |= {"competent": "La métropole.", "expected_on": timezone.localdate() + timedelta(days=30)}
    Answer.objects.update(**no, proposal_version=answer.proposal.version)
    answer.refresh_from_db()
    refusal = sign(consultation, mayor, answer).refused[answer.pk]
    assert "La fontaine" in str(refusal.message)
    assert draft.sources.count() == 1
    Project.objects.filter(pk=project.pk).update(state="ABANDONED")
    assert sign(consultation, mayor, answer).published
    assert (project.sources.count(), draft.sources.count()) == (1, 0)
