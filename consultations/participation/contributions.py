"""The views of the list of contributions that every city has (participation.registry)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consultations.participation.registry import ready_view

ready_view(_("Everything"), "", order=0)
ready_view(_("Without an argument"), "attend=ARGUMENT", order=10)
ready_view(_("Without the answer of whoever proposed"), "attend=VERDICT", order=20)
ready_view(pgettext_lazy("contributions", "Hidden"), "etat=HIDDEN", order=50)
