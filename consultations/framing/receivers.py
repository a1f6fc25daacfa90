"""What framing does on others' events."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from consultations.framing.services.appearance import seed_logo
from consultations.framing.services.seeding import SignUpChoices, seed_consultation
from consultations.library.selectors import latest_set
from tenants.events import municipality_provisioned
from tenants.models import Municipality


@receiver(municipality_provisioned)
def seed_first_consultation(
    sender: Any,
    *,
    municipality: Municipality,
    challenge_set: str,
    framing: Any = None,
    logo: bytes | None = None,
    **kwargs: Any,
) -> None:
    """Seed a new city, in its schema and with its role, which may read the library."""
    at = timezone.now()
    seed_consultation(
        challenge_set=latest_set(challenge_set),
        authority=municipality.name,
        at=at,
        choices=SignUpChoices.read(framing, at=at),
    )
    if logo:
        seed_logo(municipality=municipality, png=logo)
