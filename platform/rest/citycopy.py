"""Keys to the door go into no copy of a city (common.citycopy)."""

from common.citycopy import in_city_copies
from rest.models import KeptAnswer, Token

in_city_copies(
    Token,
    never="id user_id name token_hash hint scopes is_of_team created_at expires_at last_used_at revoked_at",
)
in_city_copies(KeptAnswer, never="id token_id key request_hash status body created_at")
