"""Who writes, signs and is asked: people, by their role at this moment."""

from django.db.models import QuerySet

from accounts.abilities import Ability
from accounts.models import User
from accounts.selectors import COME_IN
from consultations.outcomes.abilities import GIVE_OPINION, PREPARE_ANSWERS, SIGN_ANSWERS


def _able(ability: Ability) -> QuerySet[User]:
    return User.objects.filter(COME_IN, is_active=True, role__in=ability.in_team).order_by("public_name", "pk")


def writers() -> QuerySet[User]:
    return _able(PREPARE_ANSWERS)


def signers() -> QuerySet[User]:
    """With a name and a function: both stand under what they sign."""
    return _able(SIGN_ANSWERS).exclude(public_name="").exclude(function="")


def advisers() -> QuerySet[User]:
    """Whose opinion may be asked: services first, then colleagues."""
    return _able(GIVE_OPINION)
