"""The key that signs sessions, links and limits: whoever guesses it is anybody."""

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
