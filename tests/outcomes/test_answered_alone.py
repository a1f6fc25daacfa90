"""What the city has answered stays in sight: nobody brings it together with others, or takes it apart."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from consultations.cocreation.models import MergeRequest
from consultations.cocreation.selectors.merging import joinable, merge_page
from consultations.cocreation.services.merging import answer_merge, form_collective, start_merge, undo_merge
from consultations.cocreation.services.refusals import SourcesChanged
from consultations.framing.models import Consultation
from consultations.outcomes.enums import Decision
from consultations.outcomes.selectors.clock import clock_of
from consultations.outcomes.services.refusals import AnsweredAlone
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.outcomes.factories import AnswerFactory, published_answer
from tests.participation.factories import COMMON_TEXT, ProposalFactory, ask_to_merge, merge
from tests.support.pages import says

NOW = timezone.now
WHY = "Nous disons la même chose : disons-le ensemble."


def refused(**kwargs: object) -> Proposal:
    proposal: Proposal = published_answer(decision=Decision.DECLINED, **kwargs).proposal
    return proposal


@pytest.mark.parametrize("role", [None, Role.FACILITATOR])
def test_who_is_answered_no_does_not_take_the_answer_from_the_clock_by_bringing_texts_together(
    in_saran: Municipality, role: Role | None
) -> None:
    author = UserFactory()
    starter = UserFactory(role=role) if role else author
    for both in ([refused(proposal__author=author) for _ in "12"], [ProposalFactory(author=author), refused()]):
        with pytest.raises(AnsweredAlone):
            start_merge(proposals=both, starter=starter, message=WHY, at=NOW(), **COMMON_TEXT)
    assert not MergeRequest.objects.exists()
    consultation = Consultation.objects.get(is_current=True)
    clock = clock_of(consultation, at=NOW())
    assert clock
    assert (clock.answered, clock.total) == (3, 4)
    assert joinable(consultation).count() == 1  # the desk's list too


def test_what_is_being_answered_may_still_be_brought_together(in_saran: Municipality) -> None:
    sources = [ProposalFactory(), AnswerFactory(written=True).proposal]
    assert ask_to_merge(sources=sources).sources.count() == 2


def test_one_that_is_answered_while_its_authors_are_asked_stays_out(in_saran: Municipality) -> None:
    merge_request = ask_to_merge(3)
    rows = list(merge_request.sources.select_related("proposal__author", "collective").order_by("pk"))
    answer_merge(source=rows[1], actor=rows[1].proposal.author, agrees=True, revision=1, at=NOW())
    for row in rows[1:]:
        published_answer(proposal=row.proposal, decision=Decision.DECLINED)
    with pytest.raises(AnsweredAlone):
        answer_merge(source=rows[2], actor=rows[2].proposal.author, agrees=True, revision=1, at=NOW())
    with pytest.raises(SourcesChanged):
        form_collective(
            merge_request=merge_request,
            actor=merge_request.started_by,
            revision=1,
            source_ids=[rows[0].pk, rows[1].pk],
            at=NOW(),
        )
    page = merge_page(pk=merge_request.pk, user=merge_request.started_by, at=NOW())
    assert page
    assert [view.joins for view in page.sources] == [True, False, False]
    assert page.sources[1].why_not == str(AnsweredAlone.message)
    assert not page.may_form


def test_a_collective_one_that_is_answered_is_not_taken_apart(in_saran: Municipality) -> None:
    merge_request = merge(2)
    published_answer(proposal=merge_request.proposal, decision=Decision.DECLINED)
    with pytest.raises(AnsweredAlone):
        undo_merge(merge_request=merge_request, actor=merge_request.started_by, reason="Elle est refusée.", at=NOW())
    page = merge_page(pk=merge_request.pk, user=merge_request.started_by, at=NOW())
    assert page
    assert not page.may_undo
    assert page.stays == str(AnsweredAlone.message)


def test_its_author_reads_so_before_writing_anything(
    visit: Callable[..., Client], saran: Municipality, person: Callable[..., object]
) -> None:
    author = person()
    with schema_context(saran.schema_name):
        own, mine = ProposalFactory(author=author), ProposalFactory(author=author)
        other = refused()
        client = visit(saran, author)
    address = f"{own.get_absolute_url()}reunir/"
    sent = {**COMMON_TEXT, "message": WHY, "avec": [other.pk]}
    assert says(client.post(address, sent), AnsweredAlone)
    with schema_context(saran.schema_name):
        published_answer(proposal=mine, decision=Decision.DECLINED)
    for query in ("", f"?avec={own.pk}&ecrire=1"):
        page = client.get(f"{mine.get_absolute_url()}reunir/{query}")
        assert says(page, AnsweredAlone)
        assert b"merge-search" not in page.content
