"""What each address of billing answers to whom (tests.support.addresses)."""

from tests.support.roles import PUBLIC_ROLES, PublicRows

PUBLIC: PublicRows = {
    "stripe_webhook": dict.fromkeys(PUBLIC_ROLES, 405),
}
