"""Loading the shipped sets."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from consultations.library.models import ChallengeSet, ChallengeTemplate

SHIPPED = Path(__file__).parent / "sets"


def load_shipped_sets() -> list[ChallengeSet]:
    """Write every file of sets/ to the library. A version already there is brought to its file's text."""
    return [load_set(tomllib.loads(file.read_text())) for file in sorted(SHIPPED.glob("*.toml"))]


def load_set(content: dict[str, Any]) -> ChallengeSet:
    challenges = content.pop("challenges")
    with transaction.atomic():
        challenge_set, _created = ChallengeSet.objects.update_or_create(
            code=content.pop("code"), version=content.pop("version"), defaults=content
        )
        for position, challenge in enumerate(challenges, start=1):
            ChallengeTemplate.objects.update_or_create(
                challenge_set=challenge_set,
                code=challenge.pop("code"),
                defaults={**challenge, "position": position},
            )
    return challenge_set
