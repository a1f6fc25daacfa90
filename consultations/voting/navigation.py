"""Where votes are in the menus."""

from django.utils.translation import pgettext_lazy

from common.navigation import Group, Menu, in_menu
from consultations.framing.backoffice.chosen import address_in_chosen, has_chosen
from consultations.voting.abilities import SEE_VOTES
from consultations.voting.context import page_of, to_read, to_vote_in

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
_IN_VOTES = "vote vote_*"
# While people vote the menu says what they can do; before and after, what there is.
in_menu(
    Menu.CITY,
    "votes",
    pgettext_lazy("menu", "Vote"),
    order=21,
    inside=_IN_VOTES,
    when=lambda request: bool(to_vote_in(request)),
    queries=1,
    url=lambda request: page_of(to_vote_in(request)),
)
in_menu(
    Menu.CITY,
    "votes",
    pgettext_lazy("menu", "The vote"),
    order=21,
    inside=_IN_VOTES,
    when=lambda request: bool(to_read(request)),
    url=lambda request: page_of(to_read(request)),
)
