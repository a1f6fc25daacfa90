"""What participation does on others' events."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from accounts.permissions import takes_writing
from consultations.participation.services.drafts import adopt_drafts


@receiver(user_logged_in)
def keep_what_a_visitor_wrote(sender: Any, *, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """At sign-in a visitor's drafts become theirs, and so reach their other devices."""
    keys = request.session.get("draft_keys", []) if request is not None else []
    if keys and request is not None and takes_writing(request):
        adopt_drafts(user=user, keys=keys)
