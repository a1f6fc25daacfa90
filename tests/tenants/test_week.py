"""The week says when the trial ends, and that nobody has verified the city yet."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.enums import Role
from common.worklist import Asked, Line, When, lines_of
from consultations.framing.selectors import calendar_of, every_consultation
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.dates


def line(city: Municipality, kind: str) -> Line | None:
    found, at = every_consultation().get(), timezone.now()
    asked = Asked(found, calendar_of(found, at=at), city, at)
    return next((each for each in lines_of(asked) if each.kind == f"tenants.{kind}"), None)


@pytest.mark.parametrize(
    ("left", "when"),
    [(15, None), (14, When.LATER), (8, When.LATER), (7, When.WEEK), (1, When.TODAY), (0, When.TODAY), (-1, None)],
)
def test_a_trial_that_ends_presses_more_and_more(in_saran: Municipality, left: int, when: When | None) -> None:
    in_saran.state = LifecycleState.TRIAL
    in_saran.trial_ends_on = timezone.localdate() + timedelta(days=left)
    found = line(in_saran, "trial")
    assert (found.when if found else None) == when
    if found:
        assert found.url == "/gestion/abonnement/"
        assert ("aujourd’hui" in found.title) is (left == 0)
        assert str(left) in found.title or not left
        assert [
            found.may_be_done_by(UserFactory.build(role=role)) for role in (Role.ADMINISTRATOR, Role.FACILITATOR)
        ] == [
            True,
            False,
        ]


def test_no_trial_has_no_line(in_saran: Municipality) -> None:
    in_saran.state, in_saran.trial_ends_on = LifecycleState.ACTIVE, timezone.localdate()
    assert line(in_saran, "trial") is None


def test_a_city_that_waits_to_be_verified_is_led_to_where_it_is(in_saran: Municipality) -> None:
    assert line(in_saran, "verification") is None
    in_saran.verified_at = None
    found = line(in_saran, "verification")
    assert found
    assert found.url == "/gestion/verification/"
    in_saran.state = LifecycleState.READ_ONLY
    assert line(in_saran, "verification") is None
