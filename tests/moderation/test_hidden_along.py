"""What is hidden because something above it is: its author hears of it once, reads it, and is told what comes back when."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Case
from consultations.moderation.notices import outcome
from consultations.moderation.services.deciding import announce_decision
from consultations.moderation.services.opening import case_for
from consultations.participation.counts import recount
from consultations.participation.models import Argument
from notifications.models import Notice
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import decided, moderator
from tests.moderation.test_screening import work
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory

pytestmark = pytest.mark.usefixtures("in_saran")

Visit = Callable[..., Client]
OWN = "Ce que Mimosa a écrit ici, et qu’elle seule relit."


def case_of(thing: Any) -> Case:
    recount()
    kind = {"Argument": Kind.ARGUMENT, "Reply": Kind.REPLY, "Proposal": Kind.PROPOSAL}[type(thing).__name__]
    return case_for(kind=kind, pk=thing.pk, at=timezone.now())


def told(case: Case, act: str = Act.HIDE, **kwargs: Any) -> Any:
    decision = decided(case, act, **kwargs)
    announce_decision(decision_id=decision.pk)
    work()
    return decision


def heard() -> list[tuple[int, int]]:
    """Whose words went with others, or came back, and how often they heard."""
    found = Notice.objects.filter(type="HIDDEN_ALONG").order_by("user").values_list("user", "count")
    return list(found)


def news(visit: Visit, city: Municipality, person: Any) -> str:
    return visit(city, person, stays=True).get("/nouvelles/").content.decode()


def test_shown_again_under_something_hidden_nobody_says_that_it_can_be_read(
    visit: Visit, in_saran: Municipality
) -> None:
    reply = ReplyFactory(text=OWN)
    case = case_of(reply)
    told(case)
    told(case_of(reply.argument))
    decision = told(case, Act.RESTORE)
    person = visit(in_saran, reply.author, stays=True)
    for address in ("/nouvelles/", "/ma-participation/", f"/moderation/decisions/{decision.pk}/"):
        page = person.get(address).content.decode()
        assert "lu par tout le monde" not in page
        assert "de nouveau être lu" not in page
        assert "avec ce dont il dépend" in page, address
    desk = visit(in_saran, decision.moderator, stays=True)
    assert "avec ce dont il dépend" in desk.get(f"/gestion/moderation/?fait={decision.pk}").content.decode()
    decision.is_under_hidden = True
    assert "reste en ligne" not in outcome(decision)
    told(case_of(Argument.objects.get(pk=reply.argument_id)), Act.RESTORE)
    assert "lu par tout le monde" in person.get(f"/moderation/decisions/{decision.pk}/").content.decode()


def test_whoever_wrote_under_it_hears_once_when_it_goes_and_when_it_comes_back(
    visit: Visit, in_saran: Municipality
) -> None:
    argument, person, other = ArgumentFactory(), UserFactory(), UserFactory()
    for number in range(3):
        ReplyFactory(argument=argument, author=person, text=f"{OWN} {number}")
    alone = ReplyFactory(argument=argument, author=other)
    ReplyFactory(argument=argument, author=argument.author)
    told(case_of(alone))
    case = case_of(argument)
    told(case)
    assert heard() == [(person.pk, 1)]
    assert "masqué avec lui" in news(visit, in_saran, person)
    told(case)  # once more, as an appeal that is upheld does
    assert heard() == [(person.pk, 1)]
    told(case, Act.RESTORE)
    assert sum(count for user, count in heard() if user == person.pk) == 2
    assert "peut de nouveau être lu, avec" in news(visit, in_saran, person)


def test_with_a_proposal_go_arguments_replies_and_what_authors_answered(visit: Visit, in_saran: Municipality) -> None:
    mate = UserFactory()
    proposal = ProposalFactory()
    argument = ArgumentFactory(proposal=proposal, verdict="TAKEN", verdict_reason=OWN, verdict_by=mate)
    reply = ReplyFactory(argument=argument)
    hidden = ArgumentFactory(proposal=proposal)
    under_hidden = ReplyFactory(argument=hidden)
    told(case_of(hidden))
    Notice.objects.all().delete()
    told(case_of(proposal))
    assert {user for user, _count in heard()} == {argument.author_id, reply.author_id, mate.pk}
    assert under_hidden.author_id not in {user for user, _count in heard()}
    decided(case_of(ProposalFactory()), Act.KEEP)


@pytest.mark.parametrize("above", ["argument", "proposal"])
def test_they_read_it_where_it_stood_and_on_their_own_page_and_nobody_else_does(
    above: str, visit: Visit, in_saran: Municipality
) -> None:
    reply = ReplyFactory(text=OWN)
    argument = reply.argument
    place = argument.get_absolute_url() if above == "argument" else f"/propositions/{argument.proposal_id}/"
    told(case_of(argument if above == "argument" else argument.proposal))
    for person, reads in ((reply.author, True), (argument.author, False), (UserFactory(), False), (None, False)):
        client = visit(in_saran, person, stays=True)
        assert (OWN in client.get(place, follow=True).content.decode()) == reads
        if person is not None:
            assert (OWN in client.get("/ma-participation/").content.decode()) == reads
    told(case_of(Argument.objects.get().proposal if above == "proposal" else Argument.objects.get()), Act.RESTORE)
    assert "Masqué avec" not in visit(in_saran, reply.author, stays=True).get("/ma-participation/").content.decode()


def test_hiding_costs_the_same_with_one_reply_and_with_twenty() -> None:
    judge = moderator()

    def spent(replies: int) -> int:
        argument = ArgumentFactory()
        ReplyFactory.create_batch(replies, argument=argument)
        case = case_of(argument)
        with CaptureQueriesContext(connection) as captured:
            decided(case, moderator=judge)
        return len(captured)

    spent(1)
    assert spent(1) == spent(20)
