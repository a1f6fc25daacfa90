"""What is sent twice is done once: the header Idempotency-Key.

The answer is kept in the transaction that does what was asked: killed at any moment, either both are there or neither,
and sending it again is right in both cases. Only what was done is kept: a refusal has changed nothing, and what is sent
again then is looked at anew.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from common.db import connection
from common.refusals import Refusal
from rest.models import KeptAnswer, Token

ANSWERS_KEPT = timedelta(hours=24)
KEY_LENGTH_MAX = 255


class KeyUsedOtherwise(Refusal):
    code = "idempotency_key_reused"
    status = 422
    message = _("This Idempotency-Key was sent before with another request. Take a new one for each thing to be done.")


class StillUnderWay(Refusal):
    code = "request_in_progress"
    message = _("The same request is being done at this moment. Send it again in a few seconds.")


class BadKey(Refusal):
    code = "idempotency_key_invalid"
    status = 400
    message = _("An Idempotency-Key has between 1 and 255 printable ASCII signs.")


Answer = tuple[int, Any]


def once(*, token: Token, key: str, request: bytes, at: datetime, do: Callable[[], Answer]) -> tuple[Answer, bool]:
    """Do it, or give the answer that it had before, and whether it is that one. `request`: all that was asked.

    Raises BadKey, KeyUsedOtherwise, StillUnderWay, and what `do` raises, which is then not kept.
    """
    if not 0 < len(key) <= KEY_LENGTH_MAX or not key.isascii() or not key.isprintable():
        raise BadKey
    named = hashlib.sha256(key.encode()).hexdigest()
    # Keyed: a reaction has three possible bodies.
    asked = salted_hmac("rest.idempotency", request, algorithm="sha256").hexdigest()
    with transaction.atomic():
        with connection.cursor() as cursor:
            place = f"{connection.schema_name}|api|{token.pk}|{named}"
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [place])
            (is_ours,) = cursor.fetchone()
        if not is_ours:
            raise StillUnderWay
        kept = KeptAnswer.objects.filter(token=token, key=named).first()
        if kept is not None and kept.created_at > at - ANSWERS_KEPT:
            if kept.request_hash != asked:
                raise KeyUsedOtherwise
            return (kept.status, kept.body), True
        status, body = do()
        KeptAnswer.objects.filter(token=token, key=named).delete()
        KeptAnswer.objects.create(token=token, key=named, request_hash=asked, status=status, body=body, created_at=at)
    return (status, body), False
