"""What templates show of proposals: how people stand, where one is on its way, who helped."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.db.models import Model
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from common.differences import Piece
from common.kept_parts import kept_fragment
from common.templatetags.ui import colon, disc, figure, row_of_names
from consultations.participation.enums import Stage
from consultations.participation.models import Argument, Proposal
from consultations.participation.open_now import open_now
from consultations.participation.promises import promise

register = template.Library()

_BESIDE = {"_state", "rank", "in_column", "thread"}

DISC_OF_CODE = {
    "FOR": "for",
    "LIKE": "for",
    "IMPROVE": "half",
    "MIXED": "half",
    "AGAINST": "against",
    "DISLIKE": "against",
}

BAR_INKS = (
    SafeString('fill="currentColor"'),
    SafeString('fill="currentColor" opacity=".4"'),
    SafeString('fill="none" stroke="currentColor" stroke-width="1.5"'),
)


@register.simple_tag
def sign(code: str) -> SafeString:
    """The disc of a stance or of a reaction, by its code."""
    return disc(DISC_OF_CODE[code])


register.simple_tag(open_now)


@register.filter(name="promise")
def promised(publish_by: datetime) -> str:
    """Until when a text that waits is read."""
    return promise(publish_by, at=timezone.now())


@register.simple_tag(takes_context=True)
def proposal_card(context: template.Context, **shown: Any) -> SafeString:
    """The card of a proposal, for lists: on kept pages made once as long as its row says the same."""
    proposal: Proposal = context["proposal"]
    with context.push(**shown):
        name = f"card {proposal.pk} {context.get('show_challenge')} {'page' in context}"
        return _kept(context, name, _row(proposal), "participation/components/_proposal_card.html")


@register.simple_tag(takes_context=True)
def argument_of_page(context: template.Context) -> SafeString:
    """An argument with its thread, on the page of its proposal: made once as long as their rows say the same."""
    argument: Argument = context["argument"]
    says = " ".join(map(_row, (argument, *argument.thread)))
    return _kept(context, f"argument {argument.pk}", says, "participation/resident/_argument.html")


def _row(read: Model) -> str:
    """All that was read of it: but what it stands among, and other rows."""
    return str({name: value for name, value in vars(read).items() if name not in _BESIDE})


def _kept(context: template.Context, name: str, says: str, path: str) -> SafeString:
    def make() -> str:
        assert context.template is not None
        return context.template.engine.get_template(path).render(context)

    return mark_safe(kept_fragment(context["request"], name, says, make))  # noqa: S308 (our templates)


@register.simple_tag
def balance(likes: int, mixed: int, dislikes: int) -> SafeString:
    """How people stand, as a bar of full, half and empty, with the three counts for screen readers."""
    total = likes + mixed + dislikes
    if not total:
        return format_html('<span class="balance">{}</span>', _("No opinion yet"))
    words = ngettext("%(count)s opinion", "%(count)s opinions", total) % {"count": figure(total)}
    counts = ", ".join(
        [
            ngettext("%(count)s like", "%(count)s likes", likes) % {"count": figure(likes)},
            ngettext("%(count)s mixed opinion", "%(count)s mixed opinions", mixed) % {"count": figure(mixed)},
            ngettext("%(count)s dislike", "%(count)s dislikes", dislikes) % {"count": figure(dislikes)},
        ]
    )
    return format_html(
        '<span class="balance"><svg viewBox="0 0 96 12" aria-hidden="true" focusable="false">{}</svg> {}'
        '<span class="visually-hidden">{}{}</span></span>',
        _bars(likes, mixed, dislikes),
        words,
        colon(),
        counts,
    )


def _bars(likes: int, mixed: int, dislikes: int) -> SafeString:
    shown = [(kind, count) for kind, count in enumerate((likes, mixed, dislikes)) if count]
    room = 96 - (len(shown) - 1)
    widths = [max(4, round(room * count / (likes + mixed + dislikes))) for _kind, count in shown]
    widths[widths.index(max(widths))] += room - sum(widths)
    bars, left = [], 0.0
    for (kind, _count), width in zip(shown, widths, strict=True):
        # The empty bar is drawn by its edge, half a stroke inside the room it has.
        inset = 0.75 if kind == 2 else 0
        wide, high = width - 2 * inset, 10 - 2 * inset
        bars.append((BAR_INKS[kind], f"M{left + inset:g} {1 + inset:g}h{wide:g}v{high:g}h-{wide:g}z"))
        left += width + 1
    return format_html_join("", '<path {} d="{}"/>', bars)


@register.simple_tag
def journey_mini(stage: str) -> SafeString:
    """Where a proposal is on its way: five stations and the name of the present one."""
    now = Stage.values.index(stage)
    circles = format_html_join(
        "",
        '<circle cx="{}" cy="6" r="{}" class="{}"/>',
        (
            (f"{6 + 15.5 * place:g}", 5 if place == now else 3.5, "to-come" if place > now else "reached")
            for place in range(len(Stage.values))
        ),
    )
    step = _("step %(step)s of %(steps)s") % {"step": now + 1, "steps": len(Stage.values)}
    return format_html(
        '<span class="journey-mini"><svg viewBox="0 0 74 12" aria-hidden="true" focusable="false">'
        '<path d="M6 6h62" stroke="currentColor" stroke-width="1.5" opacity=".5"/>{}</svg>{}'
        '<span class="visually-hidden">{}{}</span></span>',
        circles,
        stage_name(stage),
        colon(),
        step,
    )


@register.filter
def stage_name(stage: str) -> str:
    return {
        "IDEA": pgettext("proposal stage", "Idea"),
        "ARGUMENTS": pgettext("proposal stage", "Arguments"),
        "REWORK": pgettext("proposal stage", "Rework"),
        "COLLECTIVE": pgettext("proposal stage", "Collective proposal"),
        "PROJECT": pgettext("proposal stage", "Project"),
    }[stage]


@register.filter
def tells_a_move(changes: list[tuple[str, list[Piece]]]) -> bool:
    """Whether a paragraph changed place somewhere in a difference: the key to its signs says so."""
    return any(piece.moved for _part, pieces in changes for piece in pieces)


@register.filter
def with_help_of(people: Sequence[tuple[str, str]], at_most: int = 0) -> SafeString:
    """de Tilleul et d’Ondine, with a link each: (name, address). More than `at_most` are counted, not named."""
    shown = people[:at_most] if at_most and len(people) > at_most + 1 else people
    said = [
        (
            pgettext("before a vowel", "of %(name)s")
            if unicodedata.normalize("NFD", name)[:1].lower() in "aeiouœæ"
            else pgettext("before a consonant", "of %(name)s")
        )
        % {"name": format_html('<a href="{}">{}</a>', address, name)}
        for name, address in shown
    ]
    if left := len(people) - len(shown):
        said.append(ngettext("of %(left)s other person", "of %(left)s other people", left) % {"left": left})
    return row_of_names([SafeString(each) for each in said])
