"""Where proposals are in the menus."""

from django.utils.translation import gettext_lazy as _

from common.navigation import Group, Menu, in_menu
from consultations.framing.context import has_consultation, proposals_url
from consultations.participation.abilities import READ_CONTRIBUTIONS
from consultations.participation.backoffice.views_shown import contributions_url

in_menu(
    Menu.CITY,
    "proposals",
    _("Proposals"),
    order=20,
    inside="consultation_proposals proposal proposal_arguments proposal_versions argument",
    when=has_consultation,
    url=proposals_url,
)
in_menu(
    Menu.DESK,
    "desk_contributions",
    _("Contributions"),
    order=20,
    group=Group.DIALOGUE,
    roles=READ_CONTRIBUTIONS.roles,
    inside="desk_contributions_*",
    url=contributions_url,
)
