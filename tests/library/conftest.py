from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.factories import UserFactory


@pytest.fixture
def operator(db: None) -> User:
    return UserFactory(operator=True, public_name="Alix")


@pytest.fixture
def as_operator(visit: Callable[..., Client]) -> Callable[..., Any]:
    """`as_operator(user)`: an operator's client at the public site, second factor passed."""

    def client_of(user: User) -> Client:
        return visit(None, user)

    return client_of


@pytest.fixture
def ops(as_operator: Callable[..., Client], operator: User) -> Client:
    return as_operator(operator)
