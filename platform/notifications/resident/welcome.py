"""What newcomers are asked about mail (accounts.asked)."""

from django.utils import timezone

from accounts.asked import asks_newcomers
from accounts.models import User
from notifications.services.agreeing import MORE, WORDS, agree


@asks_newcomers("messages", WORDS, more=MORE)
def agreed(user: User, words: str) -> None:
    agree(user=user, words=words, at=timezone.now())
