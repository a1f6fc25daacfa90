from typing import Any

import factory
from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts.enums import Capacity, Role
from accounts.models import User


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    class Params:
        administrator = factory.Trait(role=Role.ADMINISTRATOR)
        operator = factory.Trait(role=Role.OPERATOR)

    email = factory.Sequence(lambda number: f"personne{number}@example.org")
    public_name = factory.Sequence(lambda number: f"Mésange {number}")
    capacity = Capacity.RESIDENT


def able_administrator(**kwargs: Any) -> User:
    """Somebody who can answer for the platform as they are: they have come in, and own a second factor."""
    user: User = UserFactory(role=Role.ADMINISTRATOR, last_login=timezone.now(), **kwargs)  # type: ignore[assignment]
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "A" * 32})
    return user
