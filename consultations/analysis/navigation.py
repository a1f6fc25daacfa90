"""Where analyses are in the menus."""

from django.utils.translation import gettext_lazy as _

from accounts.abilities import SEE_DESK
from common.navigation import Group, Menu, in_menu
from consultations.analysis.abilities import SEE_FIGURES
from consultations.framing.backoffice.chosen import address_in_chosen, has_chosen

in_menu(
    Menu.DESK,
    "desk_groups",
    _("What brings people together"),
    order=30,
    group=Group.OUTCOMES,
    roles=SEE_DESK.roles,
    inside="desk_groups_*",
    when=has_chosen,
    url=address_in_chosen("desk_groups"),
)
in_menu(
    Menu.DESK,
    "desk_topics",
    _("Themes"),
    order=50,
    group=Group.OUTCOMES,
    roles=SEE_DESK.roles,
    inside="desk_topic desk_topic_*",
    when=has_chosen,
    url=address_in_chosen("desk_topics"),
)
in_menu(
    Menu.DESK,
    "desk_figures",
    _("Figures"),
    order=35,
    group=Group.DIALOGUE,
    roles=SEE_FIGURES.roles,
    inside="desk_figures_set",
    when=has_chosen,
    url=address_in_chosen("desk_figures"),
)
in_menu(
    Menu.DESK,
    "desk_syntheses",
    _("Syntheses"),
    order=52,
    group=Group.OUTCOMES,
    roles=SEE_DESK.roles,
    inside="desk_synthesis desk_synthesis_*",
    when=has_chosen,
    url=address_in_chosen("desk_syntheses"),
)
