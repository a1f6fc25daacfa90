"""The figures of the demonstration: everybody reads them, beside a population of the size of the town."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.enums import AgeBand
from accounts.listing import list_neighbourhoods
from accounts.neighbourhoods import key_of_place
from consultations.analysis.services.figures import count_figures
from consultations.analysis.services.population import enter_population, set_dashboard
from consultations.framing.models import Consultation

# Invented, of the order of a town of 16,000: nobody reads them as those of the statistical office.
_AGES = {
    AgeBand.UNDER_18: 1_310,
    AgeBand.FROM_18_TO_24: 1_480,
    AgeBand.FROM_25_TO_39: 3_060,
    AgeBand.FROM_40_TO_59: 4_090,
    AgeBand.FROM_60_TO_74: 2_520,
    AgeBand.FROM_75: 1_540,
}
_PLACES = {
    "Le Bourg": 2_850,
    "Les Aydes": 3_120,
    "Le Chêne Maillard": 2_340,
    "Les Cent-Arpents": 2_210,
    "La Montjoie": 1_980,
    "La Chiperie": 1_500,
}
_EFFORT = (
    "Un après-midi au club des aînés et un autre au marché des Aydes ; des appels, avec le centre communal d’action "
    "sociale, aux habitants de 60 à 74 ans."
)
# So many days ago.
_MOMENTS = {22: "la lettre arrive dans les boîtes", 13: "un stand à la sortie du collège"}


def set_out_figures(consultation: Consultation, *, at: datetime) -> None:
    list_neighbourhoods(actor=None, names=list(_PLACES))
    enter_population(
        actor=None,
        revision=0,
        at=at,
        source="Chiffres d’exemple",
        year=at.year - 3,
        whom="12 ans et plus",
        total=sum(_AGES.values()),
        ages={str(band): count for band, count in _AGES.items()},
        places={key_of_place(name): count for name, count in _PLACES.items()} | {"": 0},
    )
    today = timezone.localdate(at)
    moments = "\n".join(f"{today - timedelta(days=ago):%d/%m/%Y} {words}" for ago, words in _MOMENTS.items())
    set_dashboard(
        consultation=consultation, actor=None, is_public=True, effort=_EFFORT, moments=moments, revision=0, at=at
    )
    count_figures(at=at)
