"""What a key of the team may do with answers (rest.scopes)."""

from django.utils.translation import gettext_lazy as _

from consultations.outcomes.abilities import PREPARE_ANSWERS
from rest.scopes import scope

ANSWER = scope("answer", _("write the city’s answers, and give them to be signed"), order=70, ability=PREPARE_ANSWERS)
