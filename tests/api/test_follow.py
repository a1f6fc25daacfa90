"""PUT and DELETE proposals/<id>/follow/, challenges/<slug>/follow/: to hear of what comes."""

from collections.abc import Callable
from typing import Any

from django_tenants.utils import schema_context

from consultations.participation.models import Follow
from tenants.models import Municipality
from tests.api.conftest import Program, problem
from tests.participation.factories import ProposalFactory


def test_one_follows_once_and_no_longer(program: Callable[..., Program], saran: Municipality, person: Any) -> None:
    user = person()
    follower = program(saran, user, "follow")
    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
    for where in (f"proposals/{proposal.pk}/follow/", "challenges/ecologie/follow/"):
        assert [follower("PUT", where).status_code for _number in range(2)] == [204, 204]
        with schema_context(saran.schema_name):
            assert Follow.objects.filter(user=user).count() == 1
        assert [follower("DELETE", where).status_code for _number in range(2)] == [204, 204]
        with schema_context(saran.schema_name):
            assert not Follow.objects.filter(user=user).exists()
    problem(follower("PUT", "challenges/inconnu/follow/"), 404, "not_found")
    problem(follower("POST", "challenges/ecologie/follow/"), 405, "method_not_allowed")
