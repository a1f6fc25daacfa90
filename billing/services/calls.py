"""Calls to Stripe that change something: each is made once, whatever dies before, during or after it.

Whoever wants one keeps its key in the same transaction that asks the outbox for it (`keep`): the key is there, and
committed, before the call is made (`once`). Killed in between and begun again, the same key does nothing more.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from billing.clients.errors import Busy, Reused, Unsure
from billing.models import Call

# Stripe forgets a key after 24 hours: the same call would then be another one.
TRUSTED_FOR = timedelta(hours=20)
# Nothing that was sent so long ago is still on its way.
SETTLED = timedelta(minutes=10)
# Under so many further keys a call is tried, each once nothing came of the one before.
_KEYS = 5


def keep(*keys: str, at: datetime) -> None:
    """A key says what is done, and to what: `subscription:12`. One that is kept already stays as it is."""
    # In their order: two that keep the same ones wait for each other in turn.
    Call.objects.bulk_create([Call(key=key, made_at=at) for key in sorted(keys)], ignore_conflicts=True)


def once(key: str, make: Callable[[str], str], *, find: Callable[[], str], at: datetime) -> str:
    """The id of what `make`, called with the key, made or had made before.

    `find` looks for it at Stripe, for where the key is no longer enough to tell: Stripe has forgotten it, or knows it
    with other words, because something has changed since (money came, a name was mended, another release). It goes by
    what was kept with the key alone, and answers "" where nothing is there.
    In a task's transaction. Raises what calls raise (billing.clients.errors).
    """
    call = Call.objects.select_for_update(no_key=True).get(pk=key)
    if call.done_at is None:
        call.result, call.done_at = _found_or_made(call, make, find, at=at), at
        call.save(update_fields=["result", "done_at"])
    return call.result


def _found_or_made(call: Call, make: Callable[[str], str], find: Callable[[], str], *, at: datetime) -> str:
    if at - call.made_at > TRUSTED_FOR and (found := find()):
        return found
    for number in range(1, _KEYS + 1):
        try:
            return make(call.key if number == 1 else f"{call.key}:{number}")
        except Reused:
            # One that was sent a moment ago may be under way.
            if not (found := find()) and at - call.made_at < SETTLED:
                raise
        except Unsure as failure:
            # It always answers this key with the same failure, done or not.
            if not failure.key_is_spent:
                raise
            found = find()
        if found:
            return found
    raise Busy("keys_are_spent")
