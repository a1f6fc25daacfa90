"""Leaving does not end a suspension, and a name that moderation has hidden is not taken again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from accounts.names import NameHidden
from accounts.services import complete_profile, find_or_create_user
from common.retention import forget_what_is_over
from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Case, KeptSuspension
from consultations.moderation.services.accounts import suspend
from consultations.moderation.services.deciding import undo
from consultations.moderation.services.reporting import report
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.accounts.test_erasure import leave
from tests.moderation.conftest import CityClient
from tests.moderation.factories import OTHER, decided, moderator
from tests.moderation.test_accounts import GROUND
from tests.participation.factories import ProposalFactory
from tests.tenants.test_lifecycle import put

pytestmark = pytest.mark.usefixtures("in_saran")
NOW = timezone.now


def suspended(email: str = "camille@gmail.com", *, days: int = 3) -> User:
    user: User = UserFactory(email=email)  # type: ignore[assignment]
    User.objects.filter(pk=user.pk).update(mailbox=email)
    suspend(user=user, until=NOW() + timedelta(days=days), moderator=moderator(), at=NOW(), **GROUND)
    user.refresh_from_db()
    return user


def test_who_leaves_suspended_and_comes_back_is_suspended_until_the_same_day(client: CityClient) -> None:
    before = suspended()
    leave(before)
    # The same mailbox, in another spelling.
    again = find_or_create_user(email="Ca.mille+ici@gmail.com")
    assert (again.suspended_until, again.pk != before.pk) == (before.suspended_until, True)
    client.force_login(again)
    proposal = ProposalFactory()
    answer = client.post(f"{proposal.get_absolute_url()}reagir/", {"reaction": "LIKE"})
    assert answer.status_code == 403
    assert "avec cette adresse" in answer.content.decode()
    assert "camille" not in str(list(KeptSuspension.objects.values()))


def test_others_the_team_and_those_who_were_not_suspended_are_not(brest: Municipality) -> None:
    leave(suspended())
    assert find_or_create_user(email="claude@gmail.com").suspended_until is None
    assert find_or_create_user(email="camille@gmail.com", role=Role.FACILITATOR).suspended_until is None
    other: User = UserFactory(email="dominique@gmail.com")  # type: ignore[assignment]
    leave(other)
    assert find_or_create_user(email="dominique@gmail.com").suspended_until is None


def test_it_ends_on_its_day_and_is_forgotten() -> None:
    leave(suspended(days=3))
    later = NOW() + timedelta(days=4)
    assert forget_what_is_over(at=later, writes=True)["suspensions"] == 1
    assert find_or_create_user(email="camille@gmail.com").suspended_until is None


def test_it_holds_where_a_city_only_reads(in_saran: Municipality) -> None:
    user = suspended()
    put(in_saran, LifecycleState.READ_ONLY)
    leave(user)
    assert KeptSuspension.objects.count() == 1


def test_a_name_that_was_hidden_is_not_taken_again_until_it_is_shown_again() -> None:
    user: User = UserFactory(public_name="Paul Lecroc", name_key="paul lecroc")  # type: ignore[assignment]
    made = report(kind=Kind.NAME, pk=user.pk, reason="OTHER", words=OTHER, at=NOW())
    case = Case.objects.get(pk=made.case_id)
    hiding = decided(case, Act.HIDE, ground="IMPERSONATION")
    user.refresh_from_db()
    for name in ("Paul Lecroc", "paul  LECR0C"):
        with pytest.raises(NameHidden):
            complete_profile(user=user, public_name=name, capacity="RESIDENT")
    complete_profile(user=user, public_name="Polo", capacity="RESIDENT")
    complete_profile(user=UserFactory(), public_name="Paula Lecroc", capacity="RESIDENT")
    decided(case, Act.RESTORE, seen=hiding.pk)
    complete_profile(user=user, public_name="Paul Lecroc", capacity="RESIDENT")


def test_a_hiding_that_was_taken_back_hides_no_name() -> None:
    user: User = UserFactory(public_name="Paul Lecroc", name_key="paul lecroc")  # type: ignore[assignment]
    made, judge = report(kind=Kind.NAME, pk=user.pk, reason="OTHER", words=OTHER, at=NOW()), moderator()
    hiding = decided(Case.objects.get(pk=made.case_id), Act.HIDE, ground="IMPERSONATION", moderator=judge)
    undo(decision=hiding, moderator=judge, at=NOW())
    user.refresh_from_db()
    complete_profile(user=user, public_name="Polo", capacity="RESIDENT")
    complete_profile(user=user, public_name="Paul Lecroc", capacity="RESIDENT")
