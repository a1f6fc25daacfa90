"""Where votes are in the menus."""

from django.utils.translation import pgettext_lazy

from common.navigation import Group, Menu, in_menu
from consultations.framing.backoffice.chosen import address_in_chosen, has_chosen
from consultations.voting.abilities import SEE_VOTES

in_menu(
    Menu.DESK,
    "desk_votes",
    pgettext_lazy("menu", "Votes"),
    order=3,
    group=Group.OUTCOMES,
    roles=SEE_VOTES.roles,
    inside="desk_vote desk_vote_*",
    when=has_chosen,
    url=address_in_chosen("desk_votes"),
)
