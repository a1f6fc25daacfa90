"""To those who decide: on working mornings, while something waits; at once, what the law or children cannot wait for.

Planned when something begins to wait, never looked for. These mails hold no word of what people wrote: kinds, delays
and links to the desk, where whoever reads them shows who they are.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.mail import send_mail_later
from accounts.models import User
from common.city import present_city
from common.db import connection
from common.outbox import enqueue_each_at, messages_of, outbox_task
from consultations.moderation.abilities import MODERATE
from consultations.moderation.models import Case, Report
from consultations.moderation.selectors.colleagues import who_decides
from consultations.moderation.selectors.queue import figures_today, lines, waiting_for
from consultations.moderation.services.closing import close_what_is_gone

HOUR = time(8)
SATURDAY = 5
LISTED = 10
CLOSED_AT_ONCE = 1000


def next_morning(at: datetime) -> datetime:
    """Eight o'clock of a working day, in the city's own time."""
    here = timezone.localtime(at)
    day = here.date() + timedelta(days=here.time() >= HOUR)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, HOUR, tzinfo=here.tzinfo)


def plan_morning(*, at: datetime) -> None:
    """One appointment for all that waits: two that begin to wait at once make one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('moderation morning ' || %s, 0))", [connection.schema_name]
        )
    if not messages_of(write_in_the_morning).filter(due_at__gt=at).exists():
        due = next_morning(at)
        enqueue_each_at(write_in_the_morning, [(due, {"due": due.isoformat()})])


@outbox_task
def write_in_the_morning(*, due: str, **kwargs: Any) -> None:
    send_worklists(at=max(timezone.now(), datetime.fromisoformat(due)))


def send_worklists(*, at: datetime) -> int:
    """To each who decides, what waits for them; how many mails. While something waits, the next morning is planned.

    What is about nothing any more waits no longer.
    """
    city, sent = present_city(), 0
    close_what_is_gone(cases=Case.objects.waiting().values_list("pk", flat=True)[:CLOSED_AT_ONCE], at=at)
    if city is None or not Case.objects.waiting().exists():
        return 0
    with transaction.atomic():
        for user in User.objects.filter(role__in=MODERATE.in_team, is_active=True).order_by("pk"):
            first = list(waiting_for(user).select_related("claimed_by")[:LISTED])
            if first and _is_reached(user):
                sent += 1
                figures = figures_today(user, at=at)
                _write(
                    "waiting",
                    user,
                    city,
                    lines=[line for line in lines(first, user=user, at=at) if line.subject is not None],
                    figures=figures,
                    more=max(0, figures.waiting - len(first)),
                    at=at,
                )
        plan_morning(at=at)
    return sent


def tell_at_once(*, report_id: int) -> None:
    """Of what is said to be illegal, or about children: whoever decides there, once while it waits."""
    report = Report.objects.filter(pk=report_id, answered_at=None).select_related("case__consultation").first()
    city = present_city()
    if report is None or city is None or not report.is_grave:
        return
    before = Report.objects.filter(case=report.case_id, answered_at=None, pk__lt=report.pk)
    if any(each.is_grave for each in before):
        return
    with transaction.atomic():
        for user in who_decides(report.case):
            if _is_reached(user):
                _write("grave", user, city, report=report, case=report.case)


def _is_reached(user: User) -> bool:
    """Nobody is written to whose address was never confirmed."""
    return bool(user.email) and user.has_come_in


def _write(name: str, user: User, city: Any, **context: Any) -> None:
    root = city.url.rstrip("/")
    send_mail_later(
        template=f"moderation/email/{name}",
        to=user.email,
        context={"city": city, "person": user, "root": root, **context},
    )
