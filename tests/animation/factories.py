import factory

from consultations.animation.enums import NoticeKind
from consultations.animation.models import Notice
from tests.accounts.factories import UserFactory
from tests.participation.factories import ProposalFactory


class NoticeFactory(factory.django.DjangoModelFactory):
    """Somebody argued on a proposal of theirs."""

    class Meta:
        model = Notice

    user = factory.SubFactory(UserFactory)
    actor = factory.SubFactory(UserFactory)
    kind = NoticeKind.NEW_ARGUMENT
    proposal = factory.SubFactory(ProposalFactory)
    group_key = factory.LazyAttribute(lambda notice: f"{notice.kind}:{notice.proposal.pk}")
    facts = factory.Sequence(lambda number: [f"argument {number}"])
