"""What a key of a moderator may do (rest.scopes)."""

from django.utils.translation import gettext_lazy as _

from consultations.moderation.abilities import MODERATE
from rest.scopes import scope

MODERATION = scope("moderate", _("read what waits for a decision, and decide on it"), order=60, ability=MODERATE)
