"""A webhook of the demonstration city, with its log: to an address that nobody has, and paused; nothing leaves."""

from datetime import datetime, timedelta
from typing import Any

from consultations.participation.models import Proposal
from consultations.participation.webhooks import PROPOSAL_PUBLISHED, about_proposal
from tenants.models import Municipality
from webhooks import registry
from webhooks.enums import DeliveryState, EndpointState, Outcome
from webhooks.models import Delivery, Endpoint
from webhooks.services.facts import composed
from webhooks.signing import new_secret

_MESSAGES = 12
_ERROR = "Site en maintenance, revenez dans une heure."


def show_a_webhook(*, municipality: Municipality, at: datetime) -> None:
    endpoint = Endpoint.objects.create(
        name="Site de la ville",
        url="https://www.saran.example/crochets/participation",
        kinds=[each.key for each in registry.kinds()],
        state=EndpointState.PAUSED,
        secret=new_secret(),
        created_at=at - timedelta(days=20),
        tried_at=at - timedelta(hours=3),
    )
    last = Proposal.objects.published().select_related("challenge__consultation").order_by("-submitted_at", "-pk")
    rows = []
    for number, proposal in enumerate(last[:_MESSAGES]):
        made = at - timedelta(hours=3 + 9 * number)
        fact = about_proposal(proposal)
        body = composed(PROPOSAL_PUBLISHED.key, fact, base=municipality.url, at=made)
        rows.append(
            Delivery(endpoint=endpoint, kind=PROPOSAL_PUBLISHED.key, body=body, created_at=made, **_log(number, made))
        )
    Delivery.objects.bulk_create(rows)


def _log(number: int, made: datetime) -> dict[str, Any]:
    """One in five was received at the second try; one never was."""
    received, refused = (Outcome.RECEIVED, 204, 80 + 13 * number, ""), (Outcome.REFUSED, 503, 412, _ERROR)
    tries = [refused] * 10 if number == 7 else [refused, received] if number % 5 == 3 else [received]
    log = [
        {
            "at": (made + timedelta(hours=each)).isoformat(),
            "outcome": outcome,
            "status": status,
            "ms": ms,
            "answer": text,
        }
        for each, (outcome, status, ms, text) in enumerate(tries)
    ]
    outcome, status, milliseconds, _text = tries[-1]
    return {
        "state": DeliveryState.SENT if outcome == Outcome.RECEIVED else DeliveryState.FAILED,
        "log": log,
        "tries": len(log),
        "outcome": outcome,
        "status": status,
        "milliseconds": milliseconds,
        "tried_at": made + timedelta(hours=len(log) - 1),
    }
