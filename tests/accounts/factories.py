import factory

from accounts.enums import Quality, Role
from accounts.models import User


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    class Params:
        administrator = factory.Trait(role=Role.ADMINISTRATOR)
        operator = factory.Trait(role=Role.OPERATOR)

    email = factory.Sequence(lambda number: f"personne{number}@example.org")
    public_name = factory.Sequence(lambda number: f"Mésange {number}")
    quality = Quality.RESIDENT
