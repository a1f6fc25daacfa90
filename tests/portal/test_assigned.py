"""A service sees what is assigned to it, and nothing else."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from accounts.services import change_team_role, remove_from_team
from common import assigned
from common.assigned import Assigned
from consultations.cocreation.services.coauthors import take_stewardship
from consultations.framing.models import Consultation
from consultations.moderation.models import Case
from consultations.moderation.services.claiming import claim
from consultations.participation.models import Authorship, Proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import reported
from tests.participation.factories import ArgumentFactory, ProposalFactory
from tests.support.addresses import someone


def test_a_service_to_which_nothing_is_assigned_reads_so(
    visit: Callable[..., Client], in_saran: Municipality, person: Callable[..., Any]
) -> None:
    page = visit(in_saran, person(role=Role.SERVICE)).get("/gestion/").content.decode()
    assert "Rien ne vous est confié" in page
    menu = re.findall(r'<nav aria-label="Bureau de l’équipe">.*?</nav>', page, re.S)[0]
    assert re.findall(r'<a href="([^"]*)"', menu) == ["/gestion/", "/gestion/avis/"]


def test_what_apps_assign_stands_on_its_desk_by_day(
    visit: Callable[..., Client],
    in_saran: Municipality,
    person: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service, other = person(role=Role.SERVICE), person(role=Role.SERVICE)
    theirs = [
        Assigned("Sans date", "Donner un avis", "/a/"),
        Assigned("En mai", "Donner un avis", "/b/", due_on=date(2030, 5, 2)),
        Assigned("En avril", "Donner un avis", "/c/", due_on=date(2030, 4, 1)),
    ]
    monkeypatch.setattr(assigned, "_finding", [lambda user: theirs if user == service else []])
    page = visit(in_saran, service).get("/gestion/").content.decode()
    assert re.findall(r'<h2><a href="([^"]*)">', page) == ["/c/", "/b/", "/a/"]
    assert "avant le" in page
    assert "Rien ne vous est confié" in visit(in_saran, other).get("/gestion/").content.decode()


def test_until_the_platform_opens_a_service_reads_no_more_than_anybody(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    Municipality.objects.filter(pk=saran.pk).update(opened_at=None)
    for role, seen in ((Role.SERVICE, False), (Role.OBSERVER, True)):
        page = visit(saran, someone(saran, role)).get("/defis/ecologie/")
        assert (page.status_code == 200) is seen, role


@pytest.fixture
def boss(in_saran: Municipality) -> User:
    return UserFactory(role=Role.ADMINISTRATOR)


def test_whoever_loses_a_role_lets_go_of_what_it_let_them_hold(in_saran: Municipality, boss: User) -> None:
    member = UserFactory(role=Role.FACILITATOR)
    now = timezone.now()
    assert claim(case=reported(ArgumentFactory()), moderator=member, at=now)
    alone: Proposal = ProposalFactory(author=UserFactory(is_active=False))
    Consultation.objects.update(moderated_by="FRAMERS")
    take_stewardship(proposal=alone, user=member, at=now)
    change_team_role(member_id=member.pk, role=Role.FACILITATOR, actor=boss, city=in_saran)
    assert Case.objects.filter(claimed_by=member).exists()
    assert Authorship.objects.filter(user=member).exists()
    change_team_role(member_id=member.pk, role=Role.MODERATOR, actor=boss, city=in_saran)
    assert not Case.objects.filter(claimed_by=member).exists()
    assert not Authorship.objects.filter(user=member).exists()


def test_whoever_is_removed_lets_go_of_what_they_held(in_saran: Municipality, boss: User) -> None:
    member = UserFactory(role=Role.FACILITATOR)
    claim(case=reported(ArgumentFactory()), moderator=member, at=timezone.now())
    remove_from_team(member_id=member.pk, actor=boss, city=in_saran)
    assert not Case.objects.filter(claimed_by=member).exists()
