"""A city ends its delegation with one press, in every state of it; whoever is in is out at once."""

from collections.abc import Callable

import pytest
from django.test import Client
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import User
from common.models import ContentRevision
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tenants.schema import grant_rights
from tests.accounts.factories import UserFactory
from tests.delegation.test_entering import delegated, entered

PAGE = "/gestion/moderation/acces-du-service/"


@pytest.mark.parametrize("state", [LifecycleState.ACTIVE, LifecycleState.READ_ONLY, LifecycleState.CLOSED])
def test_one_press_ends_it_in_every_state(
    visit: Callable[..., Client], in_saran: Municipality, state: LifecycleState
) -> None:
    case = delegated(in_saran)
    administrator = UserFactory(role=Role.ADMINISTRATOR)
    with schema_context("public"):
        operator: User = UserFactory(operator=True)  # type: ignore[assignment]
    inside = entered(visit, operator, case, in_saran)
    with schema_context("public"):
        Municipality.objects.filter(pk=in_saran.pk).update(state=state)
        grant_rights(in_saran.schema_name, state=state)
    assert inside.get(f"/gestion/moderation/{case.pk}/").status_code == 200
    desk = visit(in_saran, administrator, stays=True)
    assert "data-delegated" in desk.get(PAGE).content.decode()
    with schema_context(in_saran.schema_name):
        before = ContentRevision.objects.get().value
    for _press in range(2):  # the second changes nothing
        assert desk.post(PAGE).status_code == 302
    assert "data-delegated" not in desk.get(PAGE).content.decode()
    assert inside.get(f"/gestion/moderation/{case.pk}/").status_code == 302
    with schema_context(in_saran.schema_name):
        assert set(Consultation.objects.values_list("moderated_by", flat=True)) == {ModeratedBy.FRAMERS}
        assert ContentRevision.objects.get().value == before + 1  # the charter says who moderates
