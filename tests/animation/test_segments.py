"""Who is written to: those alone who agreed, came in, and are in the group."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.enums import Capacity, Role
from accounts.models import Neighbourhood, User
from accounts.neighbourhoods import key_of_place
from consultations.animation.enums import RecipientState
from consultations.animation.models import Recipient
from consultations.animation.selectors import totals
from consultations.animation.services.sending import send_for_a_while
from consultations.participation.enums import ReactionValue, Status
from consultations.participation.models import Follow, Reaction
from notifications.audiences import recipients, segments
from notifications.models import MailAgreement
from notifications.selectors import reachable
from notifications.services.bounces import bounced
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.animation.factories import AgreementFactory, CampaignFactory, agreeing, decided
from tests.participation.factories import ArgumentFactory, ProposalFactory


def reacted(**given: Any) -> None:
    Reaction.objects.create(**{"value": ReactionValue.LIKE, **given})


def unreachable() -> dict[str, User]:
    """One of each kind of person who is not written to."""
    now = timezone.now()
    withdrew = agreeing()
    MailAgreement.objects.filter(user=withdrew).update(withdrawn_at=now)
    bounces = agreeing()
    bounced(user_id=bounces.pk, email=bounces.email, is_hard=True, at=now)
    return {
        "never asked": UserFactory(last_login=now),
        "withdrew": withdrew,
        "never came in": AgreementFactory(user__public_name="", user__last_login=None).user,
        "closed": agreeing(is_active=False),
        "a delegate": agreeing(role=Role.DELEGATE),
        "messages come back": bounces,
    }


def test_nobody_is_written_to_who_has_not_agreed_or_whose_address_is_not_theirs(in_saran: Municipality) -> None:
    people, reached = unreachable(), agreeing(public_name="")
    assert set(reachable()) == {reached}
    assert set(recipients("everybody", "")) == {reached}
    assert not set(people.values()) & set(reachable())


def test_sending_asks_the_same_of_each_as_the_list_did(
    in_saran: Municipality, mailoutbox: list[Any], visit: Callable[..., Client]
) -> None:
    """What happened between the press and their turn: as if each had been on the list."""
    reached = agreeing()
    campaign = decided(CampaignFactory())
    people = unreachable()
    Recipient.objects.bulk_create(
        Recipient(campaign=campaign, user=each, due_at=campaign.planned_at) for each in people.values()
    )
    send_for_a_while()
    assert [message.to for message in mailoutbox] == [[reached.email]]
    states = dict(Recipient.objects.values_list("user", "state"))
    assert states[reached.pk] == RecipientState.SENT
    assert states[people["withdrew"].pk] == RecipientState.UNSUBSCRIBED
    assert states[people["messages come back"].pk] == RecipientState.COMES_BACK
    others = [each for name, each in people.items() if name not in ("withdrew", "messages come back")]
    assert {states[each.pk] for each in others} == {RecipientState.GONE}
    found = totals(campaign)
    assert (found.unsubscribed, found.comes_back, found.gone) == (1, 1, len(others))
    facilitator = visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)
    page = facilitator.get(f"/gestion/campagnes/{campaign.pk}/").content.decode()
    for words in ("1 adresse d’où les messages reviennent", f"{len(others)} comptes supprimés ou fermés"):
        assert words in page


def test_followers_of_one_challenge_only(in_saran: Municipality) -> None:
    here, elsewhere = ProposalFactory().challenge, ProposalFactory().challenge
    follower, other = agreeing(), agreeing()
    Follow.objects.create(user=follower, challenge=here)
    Follow.objects.create(user=UserFactory(), challenge=here)
    Follow.objects.create(user=other, challenge=elsewhere)
    assert set(recipients("followers", str(here.pk))) == ({follower} if here != elsewhere else {follower, other})


def test_who_reacted_and_said_nothing(in_saran: Municipality) -> None:
    proposal = ProposalFactory()
    silent, argued, hidden = agreeing(), agreeing(), agreeing()
    for user in (silent, argued):
        reacted(proposal=proposal, user=user)
    reacted(proposal=ProposalFactory(challenge=proposal.challenge, status=Status.HIDDEN), user=hidden)
    ArgumentFactory(proposal=ProposalFactory(challenge=proposal.challenge), author=argued)
    assert set(recipients("reacted", str(proposal.challenge_id))) == {silent}


def test_supporters_of_a_version_that_is_over(in_saran: Municipality) -> None:
    proposal = ProposalFactory(version=2)
    old, now, against = agreeing(), agreeing(), agreeing()
    reacted(proposal=proposal, user=old, value=ReactionValue.LIKE, version=1)
    reacted(proposal=proposal, user=now, value=ReactionValue.LIKE, version=2)
    reacted(proposal=proposal, user=against, value=ReactionValue.DISLIKE, version=1)
    assert set(recipients("old_version", str(proposal.challenge_id))) == {old}


def test_a_quality_and_a_neighbourhood_however_it_was_typed(in_saran: Municipality) -> None:
    Neighbourhood.objects.create(name="Île Arrault", key=key_of_place("Île Arrault"), position=1)
    here = agreeing(neighbourhood="ile arrault", capacity=Capacity.ASSOCIATION)
    agreeing(neighbourhood="Bourg", capacity=Capacity.RESIDENT)
    assert set(recipients("neighbourhood", key_of_place("Île Arrault"))) == {here}
    assert set(recipients("quality", Capacity.ASSOCIATION)) == {here}


def test_each_group_lists_what_can_be_chosen_and_an_unknown_one_is_empty(in_saran: Municipality) -> None:
    challenge = ProposalFactory().challenge
    agreeing()
    keys = [each.key for each in segments()]
    assert keys == ["everybody", "followers", "reacted", "old_version", "quality", "neighbourhood"]
    assert str(challenge.pk) in dict(segments()[1].options())
    for key, value in (("nothing", ""), ("followers", "x"), ("followers", ""), ("neighbourhood", "nowhere")):
        assert not recipients(key, value).exists()


def test_an_address_that_takes_nothing_is_remembered_and_not_the_person(in_saran: Municipality) -> None:
    user, at = agreeing(), timezone.now()
    for times in (1, 2):
        assert not bounced(user_id=user.pk, email=user.email, is_hard=False, at=at + timedelta(days=times))
    assert bounced(user_id=user.pk, email=user.email, is_hard=False, at=at + timedelta(days=3))
    assert not reachable().exists()
    User.objects.filter(pk=user.pk).update(email="une.autre@exemple.fr")
    assert reachable().get() == user
    assert not bounced(user_id=user.pk, email=user.email, is_hard=True, at=at), "of the address before"
