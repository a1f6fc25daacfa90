from datetime import datetime
from typing import Any

from django.utils import timezone

from consultations.library.enums import Theme
from consultations.library.models import ChallengeSet
from consultations.library.services.shipping import load_set

CODES = [theme.lower() for theme in Theme.values]


def challenge_content(code: str = "ecology", **changes: Any) -> dict[str, Any]:
    """One challenge as a shipped file has it, complete."""
    return {
        "code": code,
        "theme": code.upper() if code.upper() in Theme.values else "SOCIETY",
        "label": f"Défi {code}",
        "question": f"Comment mieux vivre ici avec {code}\u202f?",
        "summary": "Ce que chacun remarque dans sa rue.",
        "why": "Parce que cela change la vie de tous les jours.\n\nEt que l’on peut agir ici.",
        "guiding_questions": ["Où cela se voit-il\u202f?", "Qui peut aider\u202f?", "Par quoi commencer\u202f?"],
        "on_table": ["Les horaires des lieux publics", "Les rues et les places"],
        "off_table": ["Les impôts nationaux\u00a0: la loi les fixe"],
        "examples": [
            {"text": "Ouvrir le gymnase le samedi soir.", "why": "Un bon exemple\u00a0: on sait où et quand."},
            {"text": "Planter dix arbres devant l’école.", "why": "Un bon exemple\u00a0: on sait combien et où."},
        ],
    } | changes


def set_content(code: str = "serie", version: int = 1, count: int = 3, **changes: Any) -> dict[str, Any]:
    """A whole set as a shipped file has it. `challenges=[...]` gives them; else `count` of them are made."""
    return {
        "code": code,
        "version": version,
        "title": f"Série {code}",
        "question": "{name}, et demain\u202f?",
        "summary": "Des défis pour en parler ensemble.",
        "challenges": [challenge_content(each) for each in CODES[:count]],
    } | changes


def publish_set(code: str = "serie", version: int = 1, *, at: datetime | None = None, **content: Any) -> ChallengeSet:
    """A published version, as if it had come with the software. To be called in public."""
    challenge_set = load_set(set_content(code, version, **content), at=at or timezone.now())
    assert challenge_set
    return challenge_set
