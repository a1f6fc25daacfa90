"""An answer is to the text that was read: it no longer changes unseen, and everybody sees which one it was."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from consultations.framing.models import Consultation
from consultations.outcomes.enums import AnswerState
from consultations.outcomes.models import Answer, AnswerVersion
from consultations.outcomes.selectors.council import answers_head, answers_rows
from consultations.outcomes.services.erasure import forget_titles
from consultations.outcomes.services.refusals import ProposalChanged, TextAnswered
from consultations.outcomes.services.signing import sign_answers
from consultations.outcomes.services.writing import Text, write_answers
from consultations.participation.models import Proposal
from consultations.participation.services.proposals import edit_proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.outcomes.factories import AnswerFactory, published_answer
from tests.outcomes.project_factories import project_from
from tests.outcomes.test_council import pdf, text_of
from tests.participation.test_edit import TEXT, published
from tests.support.pages import says

SETTLED = {
    "waits for a signature": (AnswerFactory, {"to_sign": True}),
    "published": (published_answer, {}),
    "published and being changed": (published_answer, {"state": AnswerState.WRITING}),
}


@pytest.mark.parametrize(("make", "kwargs"), SETTLED.values(), ids=SETTLED)
def test_a_text_that_is_answered_is_no_longer_corrected_in_place(
    visit: Callable[..., Client], saran: Municipality, person: Any, make: Callable[..., Answer], kwargs: dict[str, Any]
) -> None:
    author = person()
    with schema_context(saran.schema_name):
        proposal = published(author)
    client, address = visit(saran, author), proposal.get_absolute_url()
    assert "corriger/" in client.get(address).content.decode()
    with schema_context(saran.schema_name):
        make(proposal=proposal, **kwargs)
        with pytest.raises(TextAnswered):
            edit_proposal(proposal=proposal, author=author, at=timezone.now(), **TEXT)
    assert "corriger/" not in client.get(address).content.decode()
    for answer in (client.get(f"{address}corriger/"), client.post(f"{address}corriger/", TEXT)):
        assert says(answer, TextAnswered)
        assert not answer.context["may_edit"]
    with schema_context(saran.schema_name):
        assert Proposal.objects.get().title == proposal.title


def test_a_text_that_is_being_answered_may_still_be_corrected(in_saran: Municipality) -> None:
    proposal = published()
    AnswerFactory(proposal=proposal, written=True)
    assert edit_proposal(proposal=proposal, author=proposal.author, at=timezone.now(), **TEXT).title == TEXT["title"]


# ── A version that came after ────────────────────────────────────────────────


def renew(proposal: Proposal) -> None:
    Proposal.objects.filter(pk=proposal.pk).update(title="Une statue place du marché", version=2)
    proposal.refresh_from_db()


def mayor() -> User:
    return UserFactory(role="DECISION_MAKER", public_name="Hélène Vasseur", function="adjointe")  # type: ignore[return-value]


def test_what_was_read_is_signed_or_goes_back_to_be_written(in_saran: Municipality) -> None:
    consultation, signer, at = Consultation.objects.get(), mayor(), timezone.now()
    writer = UserFactory(role="FACILITATOR")
    answers = [AnswerFactory(written=True), AnswerFactory(written=True)]

    def give(answer: Answer) -> Answer:
        answer.refresh_from_db()
        texts, revisions = {answer.proposal_id: Text.of(answer)}, {answer.proposal_id: answer.revision}
        (given,) = write_answers(
            consultation=consultation, texts=texts, revisions=revisions, actor=writer, at=at, signer_id=signer.pk
        )
        return given

    changed, same = (give(each) for each in answers)
    renew(changed.proposal)
    read = {each.pk: each.revision for each in (changed, same)}
    done = sign_answers(consultation=consultation, read=read, actor=signer, at=at)
    assert [each.answer_id for each in done.published] == [same.pk]
    assert [type(each) for each in done.refused.values()] == [ProposalChanged]
    changed.refresh_from_db()
    assert (changed.state, changed.current) == (AnswerState.WRITING, None)
    assert "La proposition a changé depuis" in changed.sent_back
    again = give(changed)
    (version,) = sign_answers(consultation=consultation, read={again.pk: again.revision}, actor=signer, at=at).published
    assert (version.proposal_version, version.proposal_title) == (2, "Une statue place du marché")


def test_one_that_waits_is_given_again_for_the_new_version(in_saran: Municipality) -> None:
    consultation, answer = Consultation.objects.get(), AnswerFactory(to_sign=True, signer=mayor())
    renew(answer.proposal)
    write_answers(
        consultation=consultation,
        texts={answer.proposal_id: Text.of(answer)},
        revisions={answer.proposal_id: answer.revision},
        actor=UserFactory(role="FACILITATOR"),
        at=timezone.now(),
        signer_id=answer.signer_id,
    )
    answer.refresh_from_db()
    assert (answer.proposal_version, answer.revision) == (2, 1)


def test_everybody_reads_which_text_was_answered(visit: Callable[..., Client], in_saran: Municipality) -> None:
    consultation = Consultation.objects.get()
    proposal = published_answer(proposal__title="Une fontaine place du marché").proposal
    project = project_from(proposal)
    visitor = visit(in_saran, stays=True)
    assert "Réponse à la version" not in visitor.get("/reponses/").content.decode()
    renew(proposal)
    for page in ("/reponses/", project.get_absolute_url()):
        read = visitor.get(page).content.decode()
        assert "Une fontaine place du marché" in read, page
        assert "Une statue place du marché" not in read, page
        assert "Réponse à la version 1" in read, page
    own = visitor.get(proposal.get_absolute_url()).content.decode()
    assert "la version 2 est parue depuis." in own
    assert f"{proposal.get_absolute_url()}versions/?de=1&amp;a=2#difference" in own
    text = text_of(pdf(consultation))
    (row,) = (dict(zip(answers_head(), each, strict=True)) for each in answers_rows(consultation))
    assert row["Proposition"] == "Une fontaine place du marché"
    assert row["Version à laquelle elle répond"].startswith("Réponse à la version 1")
    assert "Une fontaine place du marché" in text
    assert "Une statue" not in text
    assert "la version 2 est parue depuis" in text


def test_a_title_that_its_author_takes_away_goes_from_the_answer_too(in_saran: Municipality) -> None:
    proposal = published_answer(proposal__title="Une fontaine place du marché").proposal
    Proposal.objects.update(title="Proposition retirée")
    forget_titles(Proposal, keys=[proposal.pk])
    assert AnswerVersion.objects.get().proposal_title == "Proposition retirée"
