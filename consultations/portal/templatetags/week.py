"""Words of the desk's week."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import day
from common.worklist import When

register = template.Library()


@register.filter
def duration(minutes: int) -> str:
    """5 minutes; 1 h 30; 2 h."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return ngettext("%(minutes)s minute", "%(minutes)s minutes", rest) % {"minutes": rest}
    if not rest:
        return ngettext("%(hours)s hour", "%(hours)s hours", hours) % {"hours": hours}
    return _("%(hours)s h %(minutes)02d") % {"hours": hours, "minutes": rest}


@register.filter
def when_words(when: When) -> str:
    words: dict[Any, str] = {When.TODAY: _("Today"), When.WEEK: _("This week"), When.LATER: _("It can wait")}
    return words[when]


@register.filter
def weekday_and_day(moment: date | datetime) -> str:
    """mardi 6 octobre."""
    here = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    return f"{date_format(here, 'l')} {day(moment)}"
