"""A synthesis of the demonstration: of the challenge on heat, filled as for any city, with the town's own words."""

from datetime import datetime

from consultations.analysis.models import Synthesis, Topic
from consultations.analysis.services.synthesis import Sent, begin_synthesis, publish_synthesis, save_synthesis
from consultations.analysis.services.topics import split_topic
from consultations.framing.models import Consultation
from consultations.participation.models import Proposal

_CHALLENGE = "ecologie"
_WATER = "Eau de pluie"
_SHADE = "Ombre et fraîcheur"
_WORDS_OF_WATER = ("pluie", "eau des toits", "cuve")
_TITLE = "L’ombre d’abord, et l’eau qui tombe déjà"
_INTRO = (
    "On parle peu de plans, et beaucoup de trajets\u00a0: aller à l’école, au marché, chez le médecin."
    " Deux idées reviennent dans presque toutes les propositions\u00a0: de l’ombre à portée de pas, et l’eau de pluie"
    " plutôt que celle du robinet."
)
_TEXT = "Ces propositions se complètent\u00a0: les services techniques les étudieront ensemble."


def publish_a_synthesis(consultation: Consultation, *, at: datetime) -> None:
    challenge = consultation.challenges.get(slug=_CHALLENGE)
    if not Topic.objects.filter(challenge=challenge).exists():
        titles = dict(
            Proposal.objects.published().filter(challenge=challenge).order_by("pk").values_list("pk", "title")
        )
        water = [pk for pk, title in titles.items() if any(word in title.lower() for word in _WORDS_OF_WATER)]
        shade = [pk for pk in titles if pk not in water]
        for name, proposals in ((_SHADE, shade), (_WATER, water)):
            split_topic(challenge=challenge, topic=None, proposals=proposals, name=name, actor=None, at=at)
    begun = begin_synthesis(challenge=challenge, actor=None, at=at)
    texts = {part["topic"]: "" for part in begun.parts} | {begun.parts[-1]["topic"]: _TEXT}
    sent = Sent(title=_TITLE, intro=_INTRO, texts=texts)
    save_synthesis(challenge=challenge, sent=sent, revision=begun.revision, actor=None, at=at)
    revision = Synthesis.objects.get(challenge=challenge).revision
    publish_synthesis(challenge=challenge, revision=revision, after=0, actor=None, at=at)
