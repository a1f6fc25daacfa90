"""What a key may do with contributions (rest.scopes)."""

from django.utils.translation import gettext_lazy as _

from rest.scopes import scope

PROPOSE = scope("propose", _("propose a solution, and correct it"), order=10)
REACT = scope("react", _("react to a proposal, and say that an argument is useful"), order=20)
ARGUE = scope("argue", _("give arguments, reply, and correct both"), order=30)
FOLLOW = scope("follow", _("follow a challenge or a proposal, or no longer"), order=40)
