"""What somebody's leaving means for their keys."""

from datetime import datetime

from accounts.models import User
from common.personal import erases
from rest.models import KeptAnswer, Token


@erases(Token, KeptAnswer)
def forget_keys(user: User, *, with_texts: bool, at: datetime) -> None:
    Token.objects.filter(user=user).delete()
