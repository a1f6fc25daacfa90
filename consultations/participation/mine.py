"""What participation shows on « ma participation » (common.mine)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.mine import Mine, Step, next_steps, own_list
from common.templatetags.ui import day
from consultations.participation.models import Draft
from consultations.participation.selectors.mine import (
    my_arguments,
    my_follows,
    my_proposals,
    to_argue,
    to_confirm,
    to_finish,
    to_help,
)

_FOLDER = "participation/resident"
own_list("propositions", gettext_lazy("All your proposals"), f"{_FOLDER}/_my_proposals.html", my_proposals)
own_list("arguments", gettext_lazy("All your arguments"), f"{_FOLDER}/_my_arguments.html", my_arguments)
own_list("suivis", gettext_lazy("All that you follow"), f"{_FOLDER}/_my_follows.html", my_follows)


@next_steps(weight=50)
def finish(mine: Mine) -> Iterator[Step]:
    for draft in to_finish(mine):
        yield Step(
            "pen",
            _("Your draft waits to be finished"),
            _("“%(title)s”, kept on %(day)s") % {"title": name_of(draft), "day": day(draft.updated_at)},
            _("Finish it"),
            reverse("draft_review", args=[draft.pk]),
        )


def name_of(draft: Draft) -> str:
    """Its title or its first words."""
    words = draft.title or draft.solution or draft.problem or draft.benefit
    return words if len(words) <= 70 else f"{words[:69].rstrip()}…"


@next_steps(weight=60)
def confirm(mine: Mine) -> Iterator[Step]:
    for reaction in to_confirm(mine):
        yield Step(
            "eye",
            _("A text has changed since you reacted"),
            reaction.proposal.title,
            _("Confirm or change my opinion"),
            f"{reaction.proposal.get_absolute_url()}#reaction",
        )


@next_steps(weight=70)
def say_why(mine: Mine) -> Iterator[Step]:
    for reaction in to_argue(mine):
        yield Step(
            "reply",
            _("You gave your opinion. Would you like to say why?"),
            reaction.proposal.title,
            _("Say why"),
            f"{reaction.proposal.get_absolute_url()}?argumenter#argumenter",
        )


@next_steps(weight=80)
def help_with_an_argument(mine: Mine) -> Iterator[Step]:
    for proposal, call in to_help(mine):
        url = f"{proposal.get_absolute_url()}?argumenter#argumenter"
        yield Step("reply", proposal.title, call, _("Give an argument"), url)
