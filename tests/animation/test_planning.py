"""Writing a campaign and sending it: what is refused, what two people do at once, and the list that stands."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.erasure import erase
from accounts.journal import EVERYBODY, journal
from accounts.services import change_team_role
from common.meanwhile import ChangedMeanwhile
from common.models import OutboxMessage
from common.outbox import messages_of
from common.text import TextTooShort
from consultations.animation.assigned import take_back_what_they_planned
from consultations.animation.enums import CampaignState, RecipientState
from consultations.animation.models import Campaign, Recipient
from consultations.animation.selectors import totals
from consultations.animation.services import planning, refusals
from consultations.animation.services.retention import KEPT, messages_over
from consultations.animation.services.retention import _counted_first as forget
from consultations.animation.services.sending import send_for_a_while
from consultations.animation.services.waking import send_campaigns
from consultations.animation.services.writing import change_campaign, copy_campaign, create_campaign, delete_campaign
from notifications.services.agreeing import withdraw_agreement
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.animation.factories import CampaignFactory, agreeing, decided
from tests.participation.factories import ProposalFactory

GIVEN = {
    "segment": "everybody",
    "value": "",
    "subject": "Rencontre publique",
    "body": "{bonjour}\n\nVenez samedi. {lien}",
}


def test_a_broken_place_is_refused_by_name_and_field(in_saran: Municipality) -> None:
    challenge = str(ProposalFactory().challenge_id)
    for change, field, said in [
        ({"body": "{bonjour}\n\nVenez {prenom}, vous aussi."}, "body", "{prenom}"),
        ({"body": "{bonjour\n\nVenez samedi, vous aussi."}, "body", "accolade"),
        ({"body": "bonjour}\n\nVenez samedi, vous aussi."}, "body", "accolade"),
        ({"body": "{}\n\nVenez samedi, vous aussi, à dix heures."}, "body", "{}"),
        ({"body": "{{bonjour}}\n\nVenez samedi, vous aussi."}, "body", "accolade"),
        ({"subject": "{bonjour} à vous"}, "subject", "objet"),
        ({"body": "{bonjour}\n\nVenez parler de {defi} samedi."}, "body", "aucun"),
    ]:
        with pytest.raises(refusals.PlaceBroken) as refused:
            create_campaign(**{**GIVEN, **change}, by=UserFactory(), at=timezone.now())
        assert refused.value.field == field
        assert said in str(refused.value.message), change
    of_challenge = {"segment": "followers", "value": challenge, "body": "{bonjour}\n\nVenez parler de {defi} samedi."}
    assert create_campaign(**{**GIVEN, **of_challenge}, by=UserFactory(), at=timezone.now()).pk
    for gone in ({"segment": "followers", "value": "999999"}, {"segment": "nothing"}, {"value": "x"}):
        with pytest.raises(refusals.SegmentGone):
            create_campaign(**{**GIVEN, **gone}, by=UserFactory(), at=timezone.now())
    with pytest.raises(TextTooShort):
        create_campaign(**{**GIVEN, "body": "Court."}, by=UserFactory(), at=timezone.now())


def test_two_who_change_one_see_each_other(in_saran: Municipality) -> None:
    campaign, by = CampaignFactory(), UserFactory()
    change_campaign(campaign=campaign, **{**GIVEN, "subject": "Autre objet"}, revision=0, by=by)
    with pytest.raises(ChangedMeanwhile) as meanwhile:
        change_campaign(campaign=campaign, **GIVEN, revision=0, by=by)
    assert meanwhile.value.now.subject == "Autre objet"


def test_the_list_is_frozen_by_one_press(in_saran: Municipality) -> None:
    first, second = agreeing(), agreeing()
    campaign = CampaignFactory()
    decided(campaign)
    agreeing()
    assert set(campaign.recipients.values_list("user", flat=True)) == {first.pk, second.pk}
    with pytest.raises(refusals.AlreadyDecided):  # a second press
        decided(campaign)
    assert Recipient.objects.count() == 2
    assert messages_of(send_campaigns).count() == 1
    with pytest.raises(refusals.AlreadyDecided):
        change_campaign(campaign=campaign, **GIVEN, revision=0, by=first)
    with pytest.raises(refusals.AlreadyDecided):
        delete_campaign(campaign=campaign, by=first)


def test_nobody_is_twice_on_a_list_whoever_writes_the_rows(in_saran: Municipality) -> None:
    user = agreeing()
    campaign = decided(CampaignFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        Recipient.objects.create(campaign=campaign, user=user, due_at=timezone.now())


def test_a_list_or_words_that_changed_since_the_page_was_made_are_looked_at_again(in_saran: Municipality) -> None:
    agreeing()
    campaign = CampaignFactory()
    with pytest.raises(refusals.ListChanged):
        decided(campaign, seen="0123")
    with pytest.raises(refusals.ListChanged):
        decided(campaign, revision=7)
    assert not Recipient.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_what_cannot_be_sent(in_saran: Municipality) -> None:
    campaign, now = CampaignFactory(), timezone.now()
    with pytest.raises(refusals.NobodyThere):
        decided(campaign)
    agreeing()
    with pytest.raises(refusals.MomentOver):
        decided(campaign, planned_at=now - timedelta(minutes=1), at=now)
    with pytest.raises(refusals.MomentTooLate):
        decided(campaign, planned_at=now + timedelta(days=100), at=now)
    Campaign.objects.update(segment="followers", value="999999")
    campaign.refresh_from_db()
    with pytest.raises(refusals.SegmentGone):
        decided(campaign)


def test_a_planned_one_waits_for_its_hour_and_can_be_taken_back(in_saran: Municipality, mailoutbox: list[Any]) -> None:
    agreeing()
    campaign, now = CampaignFactory(), timezone.now()
    decided(campaign, planned_at=now + timedelta(hours=3), at=now)
    send_for_a_while()
    assert mailoutbox == []
    assert messages_of(send_campaigns).get().due_at == now + timedelta(hours=3)
    assert journal(person=EVERYBODY).lines[0].what == "Envoi d’une campagne décidé", "it may leave at once, or later"
    back = planning.take_back(campaign=campaign, by=UserFactory())
    assert (back.state, back.planned_at, Recipient.objects.count()) == (CampaignState.DRAFT, None, 0)
    assert planning.take_back(campaign=campaign, by=UserFactory()).is_draft
    send_for_a_while()
    assert not messages_of(send_campaigns).exists()
    Campaign.objects.update(revision=0)
    decided(campaign)
    send_for_a_while()
    assert len(mailoutbox) == 1
    with pytest.raises(refusals.AlreadyDecided):
        planning.take_back(campaign=campaign, by=UserFactory())


def test_one_that_is_stopped_writes_to_nobody_more(in_saran: Municipality, mailoutbox: list[Any]) -> None:
    agreeing(), agreeing()
    campaign = decided(CampaignFactory())
    planning.stop(campaign=campaign, by=UserFactory(), at=timezone.now())
    send_for_a_while()
    campaign.refresh_from_db()
    assert (mailoutbox, campaign.state, totals(campaign).stopped) == ([], CampaignState.STOPPED, 2)
    with pytest.raises(refusals.NothingToStop):
        planning.stop(campaign=campaign, by=UserFactory(), at=timezone.now())


def test_a_copy_is_a_draft_with_a_list_of_its_own(in_saran: Municipality) -> None:
    agreeing()
    campaign = decided(CampaignFactory(subject="Une fois"))
    made = copy_campaign(campaign=campaign, by=UserFactory(), at=timezone.now())
    assert (made.subject, made.state, made.decided_at, made.recipients.count()) == ("Une fois", "DRAFT", None, 0)


def test_who_stops_such_messages_or_leaves_meanwhile_is_skipped_and_counted(
    in_saran: Municipality, mailoutbox: list[Any]
) -> None:
    stays, stops, leaves = agreeing(), agreeing(), agreeing()
    campaign = decided(CampaignFactory())
    withdraw_agreement(user=stops, at=timezone.now())
    erase(user_id=leaves.pk, with_texts=False)
    send_for_a_while()
    assert [message.to for message in mailoutbox] == [[stays.email]]
    found = totals(campaign)
    assert (found.people, found.sent, found.unsubscribed, found.gone, found.skipped) == (3, 1, 1, 1, 2)
    assert Recipient.objects.get(user=None).state == RecipientState.GONE


def test_after_a_year_only_the_counts_are_left(in_saran: Municipality, mailoutbox: list[Any]) -> None:
    agreeing()
    campaign = decided(CampaignFactory())
    send_for_a_while()
    later = timezone.now() + KEPT + timedelta(hours=1)
    assert not messages_over(at=timezone.now()).exists()
    forget(messages_over(at=later))
    campaign.refresh_from_db()
    assert (Recipient.objects.count(), totals(campaign).sent, totals(campaign).people) == (0, 1, 1)


def test_what_somebody_planned_does_not_leave_once_they_may_no_longer_send(in_saran: Municipality) -> None:
    who = UserFactory(role=Role.FACILITATOR)
    agreeing()
    at = timezone.now()
    planned, other = (
        decided(CampaignFactory(), by=by, planned_at=at + timedelta(days=1))
        for by in (who, UserFactory(role=Role.FACILITATOR))
    )
    actor = UserFactory(role=Role.ADMINISTRATOR, last_login=at)
    take_back_what_they_planned(who)
    planned.refresh_from_db()
    assert planned.state == CampaignState.PLANNED, "they still may"
    change_team_role(member_id=who.pk, role=Role.OBSERVER, actor=actor, city=in_saran)
    for each in (planned, other):
        each.refresh_from_db()
    assert (planned.state, planned.decided_by, other.state) == (CampaignState.DRAFT, None, CampaignState.PLANNED)
