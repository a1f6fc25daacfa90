"""Delays, and what moderators and authors read, in words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from consultations.moderation.enums import Act, Kind
from consultations.moderation.grounds import GROUNDS
from consultations.moderation.models import Appeal, Decision
from consultations.moderation.notices import outcome
from consultations.moderation.rules import APPEAL_DELAY
from consultations.moderation.selectors.decisions import Piece
from consultations.moderation.selectors.queue import kind_and_place
from consultations.moderation.subjects import Subject
from consultations.moderation.words import in_short, title_in_register, title_of

register = template.Library()


@register.filter
def in_register(decision: Decision) -> str:
    """The address of its line there, whichever page that is on."""
    return f"{reverse('moderation_register')}?decision={decision.pk}#{decision.number}"


@register.filter
def span_to(moment: datetime, at: datetime) -> str:
    """How far away it is, before or after: 20 min, 5 h, 3 jours."""
    return in_short(abs(moment - at))


@register.filter
def is_soon(moment: datetime, at: datetime) -> bool:
    """Late, or within six hours."""
    return moment - at < timedelta(hours=6)


@register.filter
def colleague(user: User | None) -> str:
    """Somebody of the team, to the others of the team."""
    if user is None:
        return _("Somebody who has left the team")
    return user.get_role_display() if user.role == Role.DELEGATE else user.public_name or user.email


@register.filter
def initials(user: User) -> str:
    words = [word for word in colleague(user).partition("@")[0].replace(".", " ").split() if word]
    return "".join(word[0] for word in words[:2]).upper()


@register.filter
def what_it_is(subject: Subject) -> str:
    return kind_and_place(subject)[0]


@register.filter
def stands_under(subject: Subject) -> str:
    return kind_and_place(subject)[1]


@register.filter
def as_ground(code: str) -> str:
    """The ground of a decision that is not taken yet, in words."""
    ground = GROUNDS[code]
    return f"{ground.words} ({ground.reference})"


@register.filter
def done(decision: Decision) -> str:
    """What a decision of a moment ago did, as a sentence."""
    if decision.act == Act.RESTORE and decision.is_under_hidden:
        return _("The text is no longer hidden by itself: it comes back with what it stands under.")
    sentences: dict[str, Any] = {
        Act.KEEP: _("The text is kept."),
        Act.REDACT: _("The passage is hidden."),
        Act.HIDE: _("The text is hidden."),
        Act.RESTORE: _("The text can be read again."),
        Act.WARN: _("The warning is recorded."),
        Act.SUSPEND: _("The account is suspended."),
    }
    if decision.kind == Kind.ACCOUNT and decision.act == Act.RESTORE:
        return _("The warning is withdrawn.") if decision.withdraws_warning else _("The suspension is over.")
    return str(sentences[decision.act])


@register.filter
def title_for_author(decision: Decision) -> str:
    return title_of(decision)


register.filter(title_in_register)


@register.filter
def answer_by(appeal: Appeal) -> datetime:
    return appeal.made_at + APPEAL_DELAY


@register.filter
def lower_first(words: str) -> str:
    """In the middle of a sentence."""
    return words[:1].lower() + words[1:]


@register.filter
def span(length: timedelta) -> str:
    """20 min, 5 h, 3 jours."""
    return in_short(length)


@register.filter
def with_passages(pieces: Sequence[Piece]) -> SafeString:
    """A text as paragraphs, its hidden passages underlined."""
    marked = format_html_join(
        "",
        "{}",
        (
            (format_html('<mark class="passage">{}</mark>', each.text) if each.is_hidden else each.text,)
            for each in pieces
        ),
    )
    broken = marked.replace("\r\n", "\n").replace("\n\n", "</p><p>").replace("\n", "<br>")
    return SafeString(f"<p>{broken}</p>")


@register.filter
def outcome_for_reporters(decision: Decision) -> str:
    """In one sentence, with the rule, never with the text."""
    return outcome(decision)
