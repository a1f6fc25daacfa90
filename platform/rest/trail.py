"""What the trail keeps of keys, in words (common.trail)."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.trail import concerns, happens_to, records
from rest.models import Token

records({"api_key_made": _("Key of the API made"), "api_key_revoked": _("Key of the API taken away")})
concerns(Token, _("Key of the API"))


def _own(user: User) -> QuerySet[Token]:
    return Token.objects.filter(user=user)


happens_to(Token, "api_key_made", "api_key_revoked", rows=_own, title=lambda token: token.name)
