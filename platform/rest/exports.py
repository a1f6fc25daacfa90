"""A person's copy of their keys (common.personal)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.models import User
from common.personal import PersonalFile, copies, leaves_out_of_copies
from rest.models import KeptAnswer, Token

leaves_out_of_copies(KeptAnswer, because="numbers and addresses of what is in the copy already, for a day")


@copies(Token)
def keys(user: User) -> Iterator[PersonalFile]:
    yield PersonalFile(
        "cles-api",
        _("Your keys of the API"),
        _("The programs that you let act in your name. The keys themselves are kept nowhere."),
        [
            {
                _("what for"): token.name,
                _("made on"): token.created_at,
                _("valid until"): token.expires_at,
                _("last used on"): token.last_used_at,
                _("taken away on"): token.revoked_at,
                _("what it may do"): token.scopes,
            }
            for token in Token.objects.filter(user=user).order_by("pk")
        ],
    )
