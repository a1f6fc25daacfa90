"""On Monday morning, in the city's own time, the list of the week is made and mailed to those who animate: once."""

import logging
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.mail import send_mail_later
from accounts.models import User
from accounts.selectors import COME_IN
from common.city import present_city
from common.db import connection
from consultations.participation.abilities import FACILITATE
from consultations.worklist.models import ListedThing, MondayList
from consultations.worklist.selectors import Chosen, choose, monday_of
from notifications.enums import Frequency
from notifications.models import MailPreference
from notifications.selectors import mail_preference
from notifications.services.links import unsubscribing_link

logger = logging.getLogger(__name__)

HOUR = time(7)
MONDAY = 0


def is_time(here: datetime) -> bool:
    """From seven o'clock on Monday until that day is over: what kept it from leaving may last for hours."""
    return here.weekday() == MONDAY and here.time() >= HOUR


def make_list(*, at: datetime) -> tuple[MondayList, list[Chosen]] | None:
    """That of this week; None where there is one."""
    city = present_city()
    with transaction.atomic():
        made, is_new = MondayList.objects.get_or_create(monday=monday_of(at), defaults={"made_at": at})
        if not is_new:
            return None
        chosen = choose(city=city, at=at)
        ListedThing.objects.bulk_create(
            ListedThing(
                of=made,
                consultation=each.consultation,
                key=each.line.key,
                title=str(each.line.title)[:250],
                position=position,
            )
            for position, each in enumerate(chosen)
        )
    return made, chosen


def write_on_monday(*, at: datetime) -> int:
    """Make the list of this Monday and mail it; how many mails. In one transaction: killed anywhere, it is made again,
    and two that make it at once make one. Nothing to do is no mail."""
    city = present_city()
    if city is None or not (city.is_public and city.takes_writing and city.sends_digests):
        return 0
    if not is_time(timezone.localtime(at)):
        return 0
    with transaction.atomic():
        made = make_list(at=at)
        if made is None:
            return 0
        monday, chosen = made
        sent = sum(_write(user, chosen, city) for user in _who_animate())
        MondayList.objects.filter(pk=monday.pk).update(mailed=sent)
    logger.info("list of the week in %s: %s things, %s mails", connection.schema_name, len(chosen), sent)
    return sent


def _who_animate() -> list[User]:
    """Whoever animates and has come in; not those who want no mail."""
    people = User.objects.filter(COME_IN, role__in=FACILITATE.in_team, is_active=True).exclude(email="")
    silent = MailPreference.objects.filter(frequency=Frequency.NEVER)
    return list(people.exclude(pk__in=silent.values("pk")).order_by("pk"))


def _write(user: User, chosen: list[Chosen], city: Any) -> bool:
    own = [each for each in chosen if each.line.may_be_done_by(user)]
    if not own:
        return False
    root = city.url.rstrip("/")
    link = root + unsubscribing_link(mail_preference(user))
    send_mail_later(
        template="worklist/email/monday",
        to=user.email,
        context={
            "city": city,
            "person": user,
            "things": own,
            "first": own[0].line.title,
            "others": len(own) - 1,
            "minutes": sum(each.line.minutes for each in own),
            "several": len({each.consultation.pk for each in own}) > 1,
            "root": root,
            "unsubscribe": link,
        },
        headers={"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
    return True
