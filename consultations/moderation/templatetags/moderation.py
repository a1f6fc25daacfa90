"""Delays, and what a moderator reads, in words."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from common.templatetags.ui import NO_BREAK
from consultations.moderation.enums import Act
from consultations.moderation.grounds import GROUNDS
from consultations.moderation.models import Decision
from consultations.moderation.selectors.queue import kind_and_place
from consultations.moderation.subjects import Subject

register = template.Library()


@register.filter
def in_register(decision: Decision) -> str:
    """The address of its line there, whichever page that is on."""
    return f"{reverse('moderation_register')}?decision={decision.pk}#{decision.number}"


@register.filter
def span_to(moment: datetime, at: datetime) -> str:
    """How far away it is, before or after: 20 min, 5 h, 3 jours."""
    away = abs(moment - at)
    if away < timedelta(hours=1):
        return _("%(minutes)s min") % {"minutes": max(1, int(away.total_seconds() // 60))}
    if away < timedelta(hours=48):
        return _("%(hours)s h") % {"hours": int(away.total_seconds() // 3600)}
    return (ngettext("%(days)s day", "%(days)s days", away.days) % {"days": away.days}).replace(" ", NO_BREAK)


@register.filter
def is_soon(moment: datetime, at: datetime) -> bool:
    """Late, or within six hours."""
    return moment - at < timedelta(hours=6)


@register.filter
def colleague(user: User | None) -> str:
    """Somebody of the team, to the others of the team."""
    if user is None:
        return _("Somebody who has left the team")
    return user.public_name or user.email


@register.filter
def initials(user: User) -> str:
    words = [word for word in (user.public_name or user.email.partition("@")[0]).replace(".", " ").split() if word]
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
    sentences: dict[str, Any] = {
        Act.KEEP: _("The text is kept."),
        Act.REDACT: _("The passage is hidden."),
        Act.HIDE: _("The text is hidden."),
        Act.RESTORE: _("The text can be read again."),
    }
    return str(sentences[decision.act])
