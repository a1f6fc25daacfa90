from datetime import datetime, timedelta
from typing import Any

import factory
from django.utils import timezone

from common import outbox
from common.models import OutboxMessage
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Phase
from consultations.outcomes.enums import AnswerState, Decision
from consultations.outcomes.models import Answer, AnswerVersion, Opinion
from tests.accounts.factories import UserFactory
from tests.participation.factories import ProposalFactory

REASONS = "Nous posons deux fontaines avant l’été 2027. Le réseau d’eau y passe déjà."


class AnswerFactory(factory.django.DjangoModelFactory):
    """Taken in hand, and nothing more; `written`, or `to_sign` too."""

    class Meta:
        model = Answer

    class Params:
        written = factory.Trait(decision=Decision.ADAPTED, reasons=REASONS)
        to_sign = factory.Trait(
            written=True,
            state=AnswerState.TO_SIGN,
            given_at=factory.LazyFunction(timezone.now),
            proposal_version=factory.SelfAttribute("proposal.version"),
            signer=factory.SubFactory(UserFactory, role="DECISION_MAKER", function="adjointe à la transition"),
        )

    proposal = factory.SubFactory(ProposalFactory)


class AnswerVersionFactory(factory.django.DjangoModelFactory):
    """A signed one, which does not count yet: `published_answer` makes one that does."""

    class Meta:
        model = AnswerVersion

    answer = factory.SubFactory(AnswerFactory, written=True, state=AnswerState.PUBLISHED)
    number = 1
    proposal_version = factory.SelfAttribute("answer.proposal.version")
    proposal_title = factory.SelfAttribute("answer.proposal.title")
    decision = factory.SelfAttribute("answer.decision")
    own_words = factory.SelfAttribute("answer.own_words")
    reasons = factory.SelfAttribute("answer.reasons")
    competent = factory.SelfAttribute("answer.competent")
    expected_on = factory.SelfAttribute("answer.expected_on")
    signed_name = "Hélène Vasseur"
    signed_function = "adjointe à la transition"
    signed_at = factory.LazyFunction(timezone.now)


def published_answer(*, number: int = 1, signed_at: Any = None, **kwargs: Any) -> Answer:
    """An answer that everybody reads: with its version, which counts. `kwargs`: of the answer."""
    answer: Answer = AnswerFactory(**{"written": True, "state": AnswerState.PUBLISHED, **kwargs})  # type: ignore[assignment]
    answer.current = AnswerVersionFactory(answer=answer, number=number, signed_at=signed_at or timezone.now())  # type: ignore[assignment]
    answer.answered_at = answer.answered_at or answer.current.signed_at  # type: ignore[union-attr]
    answer.save()
    return answer


class OpinionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Opinion

    answer = factory.SubFactory(AnswerFactory)
    service = factory.SubFactory(UserFactory, role="SERVICE", function="Espaces verts")
    service_name = factory.SelfAttribute("service.function")
    question = "Le réseau d’eau le permet-il, et combien cela coûte ?"
    asked_by = factory.SubFactory(UserFactory, role="FACILITATOR")
    proposal_version = factory.SelfAttribute("answer.proposal.version")


def promise(until: datetime | None) -> None:
    """The answers of all consultations are promised for that moment; the phase for them has begun."""
    begins = (until or timezone.now()) - timedelta(days=200)
    Phase.objects.filter(kind=PhaseKind.ANSWER).update(opens_at=begins, closes_at=until)


def tell() -> None:
    """What waits in the outbox is done."""
    for message in OutboxMessage.objects.order_by("created_at", "pk"):
        assert outbox.run_message(str(message.pk), at=timezone.now())
