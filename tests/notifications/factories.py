from typing import Any

import factory

from notifications.models import Notice
from notifications.registry import types
from notifications.services.counting import count_unread
from tests.accounts.factories import UserFactory
from tests.participation.factories import ProposalFactory

_NAMES = ("proposal", "challenge", "argument", "invitation", "collective")


def references(notice: Any) -> dict[str, Any]:
    given = {name: getattr(notice, name) for name in _NAMES}
    return {name: row.pk if isinstance(row.pk, int) else str(row.pk) for name, row in given.items() if row is not None}


class NoticeFactory(factory.django.DjangoModelFactory):
    """Somebody argued on a proposal of theirs. Counted for its person, as the engine does."""

    class Meta:
        model = Notice
        exclude = (*_NAMES, "own")

    user = factory.SubFactory(UserFactory)
    actor = factory.SubFactory(UserFactory)
    type = "NEW_ARGUMENT"
    proposal = factory.SubFactory(ProposalFactory)
    challenge = argument = invitation = collective = None
    own = factory.LazyAttribute(lambda notice: {subject.name for subject in types[notice.type].subjects})
    subjects = factory.LazyAttribute(
        lambda notice: {name: key for name, key in references(notice).items() if name in notice.own}
    )
    data = factory.LazyAttribute(
        lambda notice: {
            name: key
            for name, key in references(notice).items()
            if name not in notice.own and notice.type == "NEW_PROPOSAL"
        }
    )
    group_key = factory.LazyAttribute(lambda notice: f"{notice.type}:{notice.proposal.pk}")
    facts = factory.Sequence(lambda number: [f"fact:{number}"])

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Notice:
        notice: Notice = super()._create(model_class, *args, **kwargs)
        if notice.read_at is None:
            count_unread({notice.user_id: 1})
        return notice
