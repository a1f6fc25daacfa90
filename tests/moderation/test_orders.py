"""What the law forbids: frozen before it is taken away; a removal order is obeyed from an address, by administrators too."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.enums import Role
from common import retention
from common.personal import forget_person
from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Decision, Evidence
from consultations.moderation.services.deciding import undo
from consultations.moderation.services.orders import obey, subject_at
from consultations.participation.counts import recount
from consultations.participation.enums import Status
from consultations.participation.models import Reply
from tests.accounts.factories import UserFactory
from tests.moderation.factories import decided, moderator, reported
from tests.moderation.test_deciding import code_of
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory

pytestmark = pytest.mark.usefixtures("in_saran")


def test_what_the_law_forbids_is_frozen_as_it_was_and_stays_when_its_author_leaves() -> None:
    argument = ArgumentFactory(text="Je vais tous vous retrouver, et vous le regretterez beaucoup.")
    decided(reported(argument), ground="THREAT")
    (evidence,) = Evidence.objects.all()
    assert evidence.content["texts"] == {"text": "Je vais tous vous retrouver, et vous le regretterez beaucoup."}
    assert evidence.content["author"]["email"] == argument.author.email
    forget_person(argument.author, with_texts=True, at=timezone.now())
    assert Evidence.objects.get().content == evidence.content
    assert retention._rules["evidence"].forget(at=evidence.frozen_at + timedelta(days=182)) == 0
    assert retention._rules["evidence"].forget(at=evidence.frozen_at + timedelta(days=184)) == 1


def test_what_only_the_charter_forbids_or_stays_is_not_frozen() -> None:
    decided(reported(ArgumentFactory()))
    decided(reported(ArgumentFactory()), Act.KEEP)
    assert not Evidence.objects.exists()


def test_what_was_taken_for_illegal_and_was_not_leaves_no_evidence() -> None:
    judge = moderator()
    decision = decided(reported(ArgumentFactory()), moderator=judge, ground="TERRORISM")
    assert Evidence.objects.exists()
    undo(decision=decision, moderator=judge, at=decision.decided_at)
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("{proposal}", Kind.PROPOSAL),
        ("https://saran.example{proposal}?tri=recent", Kind.PROPOSAL),
        ("{argument}", Kind.ARGUMENT),
        ("  {argument}#argument-1 ", Kind.ARGUMENT),
        ("{argument}#reply-{reply}", Kind.REPLY),
    ],
)
def test_an_address_says_what_it_is_about(address: str, kind: str) -> None:
    reply: Any = ReplyFactory()
    found = subject_at(
        address.format(
            proposal=reply.argument.proposal.get_absolute_url(),
            argument=reply.argument.get_absolute_url(),
            reply=reply.pk,
        )
    )
    assert found.kind == kind


@pytest.mark.parametrize("address", ["", "/", "https://ailleurs.example/x", "/propositions/98765/", "//[", "/charte/"])
def test_another_address_is_refused(address: str) -> None:
    given = {"reference": "2026-118", "moderator": moderator(), "at": timezone.now()}
    assert code_of(lambda: obey(address=address, **given)) == "no_such_place"


def test_an_order_is_obeyed_at_once_by_administrators_too_and_by_nobody_else() -> None:
    now = timezone.now()
    proposal = ProposalFactory()
    recount()
    address = proposal.get_absolute_url()
    for role in (Role.FACILITATOR, Role.OBSERVER, Role.PARTICIPANT):
        other = UserFactory(role=role)
        given: Any = {"address": address, "reference": "2026-118", "moderator": other, "at": now}
        assert code_of(lambda given=given: obey(**given)) == "not_a_moderator"  # type: ignore[misc]
    decision = obey(address=address, reference="2026-118", moderator=UserFactory(role=Role.ADMINISTRATOR), at=now)
    proposal.refresh_from_db(fields=["status"])
    assert (proposal.status, decision.ground) == (Status.HIDDEN, "TERRORISM")
    assert "2026-118" in decision.facts
    assert Evidence.objects.get().order_reference == "2026-118"
    # A second order about the same: obeyed, and it stays hidden.
    obey(address=f"/propositions/{proposal.pk}/", reference="2026-119", moderator=moderator(), at=now)
    assert Decision.objects.count() == 2
    assert not Reply.objects.exists()
