"""`fake_stripe`: an empty one, which the client's calls reach over HTTP; `desk`: Saran's, of an administrator."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from tenants.models import Municipality
from tests.billing.fake import FakeStripe, serving


@pytest.fixture(scope="session")
def _listening() -> Iterator[FakeStripe]:
    with serving() as fake:
        yield fake


@pytest.fixture
def fake_stripe(_listening: FakeStripe, settings: Any) -> FakeStripe:
    settings.STRIPE_API_BASE = _listening.address
    _listening.reset()
    return _listening


@pytest.fixture
def desk(saran: Municipality, visit: Callable[..., Client], person: Callable[..., Any]) -> Client:
    with schema_context("public"):
        Municipality.objects.filter(pk=saran.pk).update(
            siren="214503021", population=16_412, verified_at=timezone.now()
        )
    with schema_context(saran.schema_name):
        return visit(saran, person(role=Role.ADMINISTRATOR))
