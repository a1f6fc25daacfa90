"""Reading keys."""

from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from rest.models import Token


def own_tokens(user: User, *, of_team: bool) -> QuerySet[Token]:
    return Token.objects.filter(user=user, is_of_team=of_team).order_by("-created_at", "-pk")


def team_tokens() -> QuerySet[Token]:
    """Of everybody who has or had a place in the team."""
    return Token.objects.filter(is_of_team=True).select_related("user").order_by("-created_at", "-pk")


def holding(tokens: QuerySet[Token], *, at: datetime) -> QuerySet[Token]:
    return tokens.filter(revoked_at=None, expires_at__gt=at)
