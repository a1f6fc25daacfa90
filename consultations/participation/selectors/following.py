"""Who follows what."""

from accounts.models import User
from consultations.participation.models import Follow


def follows_challenge(*, slug: str, user: User) -> bool:
    return Follow.objects.filter(user=user, challenge__slug=slug).exists()
