"""An official answer can be reported, hidden whole or in part with a reason, and shown again: like any other text."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from common.citycopy import declared
from common.refusals import Refusal
from common.text import BLANK
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.framing.selectors import every_consultation
from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Case
from consultations.moderation.services.deciding import announce_decision, undo
from consultations.moderation.services.reporting import report
from consultations.outcomes.enums import AnswerState
from consultations.outcomes.models import Answer, AnswerVersion
from consultations.outcomes.selectors.clock import clock_of
from consultations.outcomes.selectors.council import answers_rows
from consultations.participation.enums import Status
from notifications.models import Notice
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import decided, moderator
from tests.outcomes.factories import AnswerVersionFactory, published_answer, tell
from tests.outcomes.test_council import pdf, text_of
from tests.outcomes.test_public_answers import promised, words_of

pytestmark = pytest.mark.usefixtures("in_saran")

Visit = Callable[..., Client]
PHONE = "06 39 98 27 13"
REASONS = f"Le voisin, joignable au {PHONE}, garde la clé. La ville ouvre la cour en juin."


@pytest.fixture
def answer() -> Answer:
    Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
    promised(left=20)
    found = published_answer(reasons=REASONS)
    assert found.current is not None
    found.current.signed_by = UserFactory(role="DECISION_MAKER")  # type: ignore[assignment]
    found.current.save()
    return found


def case_of(answer: Answer, reporter: User | None = None) -> Case:
    made = report(
        kind=Kind.OFFICIAL, pk=answer.current_id or 0, reason="PERSONAL", reporter=reporter, at=timezone.now()
    )
    return made.case


def page(client: Client, address: str) -> str:
    return client.get(address, follow=True).content.decode()


def test_it_is_reported_read_and_hidden_then_shown_again(answer: Answer, visit: Visit, in_saran: Municipality) -> None:
    proposal, visitor, judge = answer.proposal, visit(in_saran, stays=True), moderator()
    address = f"/signaler/reponse-officielle/{answer.current_id}/"
    assert f'href="{address}"' in page(visitor, proposal.get_absolute_url())
    assert PHONE in page(visitor, address)
    assert visitor.post(f"{address}?raison=PERSONAL", {"raison": "PERSONAL"}).status_code == 302
    case = Case.objects.get()
    desk = page(visit(in_saran, judge, stays=True), f"/gestion/moderation/{case.pk}/")
    assert PHONE in desk
    assert proposal.title in desk
    decision = decided(case, moderator=judge)
    shown = words_of(page(visit(in_saran, stays=True), proposal.get_absolute_url()))
    assert PHONE not in shown
    assert "La réponse a été masquée" in shown
    assert decision.rule.lower() in shown.lower()
    waiting = words_of(page(visit(in_saran, stays=True), "/reponses/?reponse=attendues"))
    assert "Sa réponse a été masquée le" in waiting
    assert decision.rule.lower() in waiting.lower()
    clock = clock_of(proposal.challenge.consultation, at=timezone.now())
    assert clock is not None
    assert (clock.total, clock.answered) == (1, 0)
    decided(case, Act.RESTORE)
    assert PHONE in words_of(page(visit(in_saran, stays=True), proposal.get_absolute_url()))
    assert "masquée" not in words_of(page(visit(in_saran, stays=True), "/reponses/"))


def test_within_ten_seconds_it_is_as_if_nothing_had_been_decided(answer: Answer) -> None:
    judge = moderator()
    decision = decided(case_of(answer), moderator=judge)
    assert AnswerVersion.objects.get().is_hidden
    undo(decision=decision, moderator=judge, at=decision.decided_at)
    assert not AnswerVersion.objects.get().is_hidden


def test_a_passage_goes_from_every_version_and_from_the_one_that_is_being_written(
    answer: Answer, visit: Visit, in_saran: Municipality
) -> None:
    AnswerVersionFactory(answer=answer, number=2, reasons=f"Autrement dit : {PHONE}.")
    Answer.objects.update(state=AnswerState.WRITING, reasons=f"{REASONS} Et en mai aussi.")
    revision = answer.revision
    case = case_of(answer)
    decided(case, Act.REDACT, passages=[PHONE])
    answer.refresh_from_db()
    assert answer.reasons == f"{REASONS} Et en mai aussi.".replace(PHONE, BLANK)
    assert answer.revision > revision
    texts = [each.reasons for each in answer.versions.all()]
    assert texts == [REASONS.replace(PHONE, BLANK), f"Autrement dit : {BLANK}."]
    shown = page(visit(in_saran, stays=True), answer.proposal.get_absolute_url())
    assert PHONE not in shown
    assert "Pourquoi un passage est masqué" in shown
    decided(case, Act.RESTORE)
    answer.refresh_from_db()
    assert answer.reasons == f"{REASONS} Et en mai aussi."


def test_who_signed_does_not_decide_on_it_and_is_told_like_who_reported(answer: Answer) -> None:
    version = answer.current
    assert version is not None
    assert version.signed_by is not None
    User.objects.filter(pk=version.signed_by_id).update(role="MODERATOR")
    reporter: User = UserFactory()  # type: ignore[assignment]
    case = case_of(answer, reporter)
    with pytest.raises(Refusal) as refused:
        decided(case, moderator=User.objects.get(pk=version.signed_by_id))
    assert refused.value.code == "own_text"
    announce_decision(decision_id=decided(case).pk)
    tell()
    told = dict(Notice.objects.values_list("user_id", "type"))
    assert told[version.signed_by_id] == "MODERATED"
    assert told[reporter.pk] == "REPORT_ANSWERED"


def test_what_is_hidden_is_not_reported_again_nor_what_stands_under_something_hidden(answer: Answer) -> None:
    decided(case_of(answer))
    with pytest.raises(Refusal) as refused:
        case_of(answer)
    assert refused.value.code == "hidden_already"
    AnswerVersion.objects.update(is_hidden=False)
    type(answer.proposal).objects.update(status=Status.HIDDEN)
    with pytest.raises(Refusal) as refused:
        case_of(answer)
    assert refused.value.code == "hidden_already"


def test_what_the_city_takes_away_leaves_it_out(answer: Answer) -> None:
    consultation = every_consultation().get(is_current=True)

    def taken_away() -> str:
        rows = declared[AnswerVersion._meta.db_table].rows
        copied = [each.reasons for each in rows()] if rows else []
        return f"{copied} {list(answers_rows(consultation))} {text_of(pdf(consultation))}"

    assert taken_away().count("garde la clé") == 3
    decided(case_of(answer))
    assert "garde la clé" not in taken_away()


def test_hidden_whole_its_words_leave_the_draft_and_come_back_with_it(answer: Answer) -> None:
    draft = Answer.objects.get()
    Answer.objects.update(state=AnswerState.WRITING, own_words="Une phrase toute neuve.")
    decided(case_of(answer))
    hidden = Answer.objects.get()
    assert (hidden.reasons, hidden.own_words) == ("", "Une phrase toute neuve.")
    assert hidden.revision > draft.revision
    decided(Case.objects.get(), Act.RESTORE)
    shown = Answer.objects.get()
    assert (shown.reasons, shown.own_words) == (draft.reasons, "Une phrase toute neuve.")
