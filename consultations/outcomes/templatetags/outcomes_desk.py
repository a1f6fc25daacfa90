"""What the desk of answers says in few words."""

from collections.abc import Sequence
from datetime import date

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from common.templatetags.ui import figure
from consultations.outcomes.backoffice.words import headline
from consultations.outcomes.enums import AnswerState, Stance
from consultations.outcomes.models import Opinion
from consultations.outcomes.selectors.desk import PUBLISHED, SIGNERS_NAMED, TO_ASSIGN, TO_SIGN, WRITING
from consultations.participation.models import Proposal

register = template.Library()
register.filter("headline", headline)

_GOOD = frozenset({Stance.FAVOURABLE, Stance.CONDITIONAL})


@register.filter
def station(name: str) -> str:
    return {
        TO_ASSIGN: pgettext("answers", "To be assigned"),
        WRITING: pgettext("answers", "Being written"),
        TO_SIGN: pgettext("answers", "To be signed"),
        PUBLISHED: pgettext("answers", "Published"),
    }[name]


@register.filter
def support(proposal: Proposal) -> str:
    """How many support it, of how many who reacted; and what was said of it."""
    if proposal.reaction_count:
        told = ngettext("%(likes)s support of %(all)s", "%(likes)s supports of %(all)s", proposal.like_count)
        said = told % {"likes": figure(proposal.like_count), "all": figure(proposal.reaction_count)}
    else:
        said = _("No opinion yet")
    count = proposal.argument_count
    arguments = ngettext("%(count)s argument", "%(count)s arguments", count) % {"count": figure(count)}
    return f"{said}, {arguments}" if count else said


@register.filter
def is_awaited(opinion: Opinion) -> bool:
    """Of one that was not given: no more, once the answer is given to be signed."""
    return opinion.answer.state == AnswerState.WRITING


@register.filter
def opinion_state(opinion: Opinion, today: date) -> str:
    """The sign before it: full for yes, half for a doubt, empty for no."""
    if opinion.stance:
        return (
            " state--good" if opinion.stance in _GOOD else " state--half" if opinion.stance == Stance.RESERVED else ""
        )
    return " state--bad" if is_awaited(opinion) and opinion.due_on and opinion.due_on < today else ""


@register.filter
def signers_named(names: Sequence[str]) -> str:
    if len(names) > SIGNERS_NAMED:
        return _("several people")
    return ", ".join(names)
