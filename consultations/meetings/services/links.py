"""The one link of a sign-up: it confirms the address, shows where one stands, and gives the seat back."""

from django.core.signing import BadSignature, Signer

from common.db import connection
from consultations.meetings.models import Attendee
from consultations.meetings.services.refusals import SignUpGone


def token_of(person: Attendee) -> str:
    return _signer().sign(str(person.pk))


def attendee_of(token: str) -> Attendee:
    """Raises SignUpGone."""
    try:
        pk = int(_signer().unsign(token))
    except (BadSignature, ValueError):
        raise SignUpGone from None
    found = Attendee.objects.select_related("meeting__consultation").filter(pk=pk).first()
    if found is None:
        raise SignUpGone
    return found


def _signer() -> Signer:
    return Signer(salt=f"meetings.sign_up.{connection.schema_name}", sep=".")
