"""What a key of an operator may read of the fleet (rest.scopes)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import OPERATE
from rest.scopes import scope

FLEET = scope("fleet", _("read the register of cities, and the state of each"), order=200, ability=OPERATE)
