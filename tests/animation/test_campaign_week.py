"""Campaigns in the week, on the page of their challenge, and after a city was put back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from common.worklist import Asked, Line
from consultations.animation.enums import CampaignState, Problem
from consultations.animation.models import Campaign, Recipient
from consultations.animation.selectors import totals
from consultations.animation.services.planning import stop
from consultations.animation.services.sending import send_for_a_while
from consultations.animation.week import campaigns
from consultations.framing.models import Challenge
from consultations.framing.selectors import calendar_of, every_consultation
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.animation.factories import CampaignFactory, RecipientFactory, agreeing, decided
from tests.participation.factories import ProposalFactory


def week(city: Municipality) -> list[Line]:
    found, at = every_consultation().get(), timezone.now()
    return list(campaigns(Asked(found, calendar_of(found, at=at), city, at)))


def kinds(city: Municipality) -> list[str]:
    return [line.kind for line in week(city)]


def test_one_that_is_not_sent_waits_in_the_week_after_two_days_and_for_two_months(in_saran: Municipality) -> None:
    campaign, now = CampaignFactory(subject="Venez samedi"), timezone.now()
    for days, said in ((1, []), (3, ["animation.unsent"]), (70, [])):
        Campaign.objects.update(created_at=now - timedelta(days=days))
        assert kinds(in_saran) == said, days
    Campaign.objects.update(created_at=now - timedelta(days=3))
    (line,) = week(in_saran)
    assert "Venez samedi" in line.title
    assert line.url == f"/gestion/campagnes/{campaign.pk}/"


def test_what_became_of_one_that_left_is_said_for_a_week(in_saran: Municipality, mailoutbox: list[Any]) -> None:
    agreeing(), agreeing()
    decided(CampaignFactory())
    send_for_a_while()
    (line,) = week(in_saran)
    assert (line.kind, line.why, line.by_hand) == ("animation.left", "2 messages envoyés.", True)
    Recipient.objects.filter(pk=Recipient.objects.all()[0].pk).update(returned="HARD", unsubscribed_at=timezone.now())
    (line,) = week(in_saran)
    assert "1 refusé ou revenu" in line.why
    assert "1 personne" in line.why
    Campaign.objects.update(finished_at=timezone.now() - timedelta(days=8))
    assert kinds(in_saran) == []


def test_one_that_the_mail_server_does_not_take_is_said_at_the_third_time(in_saran: Municipality) -> None:
    agreeing()
    decided(CampaignFactory())
    next_try = timezone.now() + timedelta(minutes=10)
    for failures, said in ((2, []), (3, ["animation.stuck"])):
        Campaign.objects.update(
            state=CampaignState.SENDING, failures=failures, problem=Problem.BUSY, rests_until=next_try
        )
        assert kinds(in_saran) == said
    (line,) = week(in_saran)
    assert "demande d’attendre" in line.why
    for minutes, said in ((10, []), (20, ["animation.stuck"])):
        planned_at = timezone.now() - timedelta(minutes=minutes)
        Campaign.objects.update(state=CampaignState.PLANNED, failures=0, planned_at=planned_at, rests_until=None)
        assert kinds(in_saran) == said


def test_those_of_another_consultations_challenge_are_in_its_own_week(in_saran: Municipality) -> None:
    here = ProposalFactory().challenge
    old = timezone.now() - timedelta(days=3)
    CampaignFactory(segment="followers", value=str(here.pk), created_at=old)
    CampaignFactory(created_at=old)
    assert len(week(in_saran)) == 2
    CampaignFactory(segment="followers", value="987654", created_at=old)
    assert len(week(in_saran)) == 2
    here.consultation.is_current = False
    here.consultation.save()
    assert len(week(in_saran)) == 1


def test_a_long_week_costs_no_more(in_saran: Municipality) -> None:
    for _unused in range(6):
        RecipientFactory(
            campaign=CampaignFactory(
                state=CampaignState.SENT,
                decided_at=timezone.now(),
                planned_at=timezone.now(),
                finished_at=timezone.now(),
            ),
            state="SENT",
        )
    found, at = every_consultation().get(), timezone.now()
    asked = Asked(found, calendar_of(found, at=at), in_saran, at)
    with CaptureQueriesContext(connection) as queries:
        assert len(list(campaigns(asked))) == 3
    assert len(queries) <= 2


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)


def challenge_page(challenge: Challenge) -> str:
    return f"/gestion/consultations/{challenge.consultation.slug}/defis/{challenge.slug}/"


def test_a_challenge_shows_its_campaigns_to_who_may_send_them(
    desk: Client, in_saran: Municipality, visit: Callable[..., Client], mailoutbox: list[Any]
) -> None:
    challenge = ProposalFactory().challenge
    CampaignFactory(subject="À tout le monde")
    assert "Campagnes" not in desk.get(challenge_page(challenge)).content.decode().split("<main")[1]
    campaign = CampaignFactory(subject="À qui suit ce défi", segment="followers", value=str(challenge.pk))
    RecipientFactory(campaign=campaign, state="SENT")
    Campaign.objects.filter(pk=campaign.pk).update(
        state=CampaignState.SENT, decided_at=timezone.now(), planned_at=timezone.now(), finished_at=timezone.now()
    )
    page = desk.get(challenge_page(challenge)).content.decode()
    assert f'href="/gestion/campagnes/{campaign.pk}/"' in page
    assert "moins de cinq messages envoyés" in page
    assert "À tout le monde" not in page
    observer = visit(in_saran, UserFactory(role=Role.OBSERVER), stays=True)
    assert "À qui suit ce défi" not in observer.get(challenge_page(challenge)).content.decode()


# ── A city that is put back has the campaigns of that day, and no list (tables.py) ───────────────


def test_counts_stay_with_a_campaign_whose_list_is_gone(
    desk: Client, in_saran: Municipality, mailoutbox: list[Any]
) -> None:
    agreeing(), agreeing()
    campaign = decided(CampaignFactory())
    send_for_a_while()
    Recipient.objects.all().delete()
    campaign.refresh_from_db()
    found = totals(campaign)
    assert (found.people, found.sent, found.has_list, found.is_gone) == (2, 2, False, False)
    page = desk.get(f"/gestion/campagnes/{campaign.pk}/").content.decode()
    assert "/liste/" not in page
    assert "remise" not in page


def test_one_that_was_leaving_then_says_plainly_that_its_list_is_gone(
    desk: Client, in_saran: Municipality, mailoutbox: list[Any]
) -> None:
    agreeing()
    campaign = decided(CampaignFactory())
    Recipient.objects.all().delete()
    send_for_a_while()
    campaign.refresh_from_db()
    assert (campaign.state, mailoutbox) == (CampaignState.STOPPED, [])
    page = desk.get(f"/gestion/campagnes/{campaign.pk}/").content.decode()
    assert "ont disparu" in page
    assert "Envoyés" not in page


def test_one_that_was_stopped_keeps_its_counts_too(in_saran: Municipality) -> None:
    agreeing()
    campaign = decided(CampaignFactory())
    stop(campaign=campaign, by=UserFactory(), at=timezone.now())
    Recipient.objects.all().delete()
    campaign.refresh_from_db()
    assert totals(campaign).stopped == 1
