"""Keys that settings refuse: a weak one of ours, whose guesser is anybody; one of Stripe's at the wrong address."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

MIN_SIGNS, MIN_DISTINCT = 50, 10
# Of examples, of this project's own settings, and of hands that were in a hurry.
_KNOWN = ("django-insecure", "only-for-", "change", "secret", "password", "example", "territoires")


def refuse_weak_key(key: str) -> None:
    """Raises ImproperlyConfigured for a key that is short, monotonous, or known."""
    if len(key) < MIN_SIGNS:
        problem = f"it has {len(key)} signs, {MIN_SIGNS} are needed"
    elif len(set(key)) < MIN_DISTINCT:
        problem = "it is made of a few signs only"
    elif any(word in key.lower() for word in _KNOWN):
        problem = "it holds words that others use too"
    else:
        return
    raise ImproperlyConfigured(
        f"SECRET_KEY is weak: {problem}. Make one: python -c 'import secrets; print(secrets.token_urlsafe(64))'"
    )


# Of the Stripe that deploy/local/fake_stripe is.
FAKE_STRIPE = "sk_test_fake"
_STRIPE = re.compile(r"(sk|rk)_(test|live)_\w+")


def refuse_mixed_stripe(*, key: str, base: str, secrets: list[str]) -> None:
    """Raises ImproperlyConfigured where money could be asked for at the wrong place.

    The fake's key goes with an address on this machine, a real one with none; a key goes with secrets of webhooks.
    """
    if base and urlsplit(base).hostname not in ("127.0.0.1", "localhost"):
        problem = "STRIPE_API_BASE is for the fake on this machine only: leave it out"
    elif base and not key.startswith(FAKE_STRIPE):
        problem = (
            f"STRIPE_API_BASE leads to the fake, whose keys begin with {FAKE_STRIPE}; STRIPE_SECRET_KEY is another"
        )
    elif key.startswith(FAKE_STRIPE) and not base:
        problem = "STRIPE_SECRET_KEY is the fake’s, and there is no STRIPE_API_BASE"
    elif key and not _STRIPE.fullmatch(key):
        problem = "STRIPE_SECRET_KEY is no secret key of Stripe: sk_live_…, rk_live_…, sk_test_…"
    elif bool(key) != bool(secrets) or not all(secret.startswith("whsec_") for secret in secrets):
        problem = "STRIPE_WEBHOOK_SECRETS (whsec_…) and STRIPE_SECRET_KEY go together"
    else:
        return
    raise ImproperlyConfigured(f"{problem}.")
