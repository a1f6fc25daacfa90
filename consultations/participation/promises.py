"""What whoever writes is promised where the city reads before it publishes, in words."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.templatetags.ui import day
from consultations.participation.enums import Status
from consultations.participation.models import Authored


def promise(publish_by: datetime, *, at: datetime) -> str:
    """Until when it is read; past that, that it is late."""
    until, now = timezone.localtime(publish_by), timezone.localtime(at)
    words = {"hour": _("%(hour)s o’clock") % {"hour": date_format(until, "G")}, "day": day(until)}
    if until <= now:
        return _("Read before it is published. That was promised for %(day)s, %(hour)s: our team is late.") % words
    if until.date() == now.date():
        return _("Read before it is published, by %(hour)s.") % words
    if until.date() == now.date() + timedelta(days=1):
        return _("Read before it is published, by tomorrow, %(hour)s.") % words
    return _("Read before it is published, by %(day)s, %(hour)s.") % words


def said_and_promised(sentence: str, thing: Authored) -> str:
    """`sentence`; of what waits, with the promise. Reads its row: it may have begun to wait just now."""
    row = type(thing)._default_manager.values("status", "publish_by").get(pk=thing.pk)
    if row["status"] != Status.HELD or row["publish_by"] is None:
        return sentence
    return f"{sentence} {promise(row['publish_by'], at=timezone.now())}"
