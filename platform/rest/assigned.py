"""What goes with a role that is taken away (common.assigned): the keys that it gave."""

from typing import Any

from django.utils import timezone

from common.assigned import lets_go
from rest.services.tokens import revoke_what_role_gave


@lets_go
def give_back_keys(user: Any) -> None:
    revoke_what_role_gave(user=user, at=timezone.now())
