"""What a key of an operator may do with sign-ups (rest.scopes)."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import OPERATE
from rest.scopes import scope

PROVISION = scope("provision", _("have platforms made, and follow it"), order=210, ability=OPERATE)
