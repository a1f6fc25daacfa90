"""What moderation shows on « ma participation » (common.mine)."""

from django.utils.translation import gettext_lazy as _

from common.mine import own_list
from consultations.moderation.selectors.decisions import my_decisions

own_list(
    "decisions",
    _("All the decisions about what you wrote"),
    "moderation/resident/_my_decisions.html",
    my_decisions,
)
