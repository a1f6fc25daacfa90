"""Themes of the demonstration, and a synthesis of the challenge on heat: found and filled as for any city.

What finds themes takes seconds to load: the worker of analyses does it, while the city is looked at already.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from common.outbox import outbox_task
from consultations.analysis.enums import RunKind
from consultations.analysis.models import Synthesis, Topic
from consultations.analysis.services.running import ask_for_run, make_run
from consultations.analysis.services.synthesis import Sent, begin_synthesis, publish_synthesis, save_synthesis
from consultations.analysis.services.topics import rename_topic
from consultations.analysis.services.work import QUEUE
from consultations.framing.models import Challenge, Consultation

_CHALLENGE = "ecologie"
# By a word that residents use: what the team calls the theme.
_NAMES = {
    "ombre": "De l’ombre et des arbres",
    "eau de pluie": "L’eau de pluie",
    "oiseaux": "Insectes, oiseaux, hérissons",
}
_TITLE = "L’ombre d’abord, et l’eau qui tombe déjà"
_INTRO = (
    "On parle peu de plans, et beaucoup de trajets\u00a0: aller à l’école, au marché, chez le médecin."
    " Deux idées reviennent\u00a0: de l’ombre à portée de pas, et l’eau de pluie"
    " plutôt que celle du robinet."
)
_TEXT = "C’est le thème dont on parle le plus en famille, et celui qui partage le plus entre voisins."


@outbox_task(queue=QUEUE)
def compose_a_synthesis(**kwargs: Any) -> None:
    """Done twice it changes nothing."""
    at = timezone.now()
    consultation = Consultation.objects.get(is_current=True)
    challenge = consultation.challenges.get(slug=_CHALLENGE)
    with transaction.atomic():
        if Synthesis.objects.filter(challenge=challenge).exists():
            return
        for kind in (RunKind.THEMES, RunKind.DUPLICATES):
            make_run(run_id=ask_for_run(consultation=consultation, kind=kind, actor=None, at=at).pk)
        for topic in Topic.objects.filter(challenge=challenge).order_by("pk"):
            if name := next((name for word, name in _NAMES.items() if word in topic.labels), ""):
                rename_topic(topic=topic, name=name, seen=topic.title, actor=None, at=at)
        _publish(challenge, at=at)


def _publish(challenge: Challenge, *, at: datetime) -> None:
    begun = begin_synthesis(challenge=challenge, actor=None, at=at)
    texts = {part["topic"]: "" for part in begun.parts} | {begun.parts[-1]["topic"]: _TEXT}
    sent = Sent(title=_TITLE, intro=_INTRO, texts=texts)
    save_synthesis(challenge=challenge, sent=sent, revision=begun.revision, actor=None, at=at)
    revision = Synthesis.objects.get(challenge=challenge).revision
    publish_synthesis(challenge=challenge, revision=revision, after=0, actor=None, at=at)
