"""Mails to whoever reported: that it is received, and what was decided. Nothing in them was typed by anybody.

Règlement (UE) 2022/2065, article 16, paragraphs 4 and 5.
"""

from collections.abc import Iterable

from django.urls import reverse

from accounts.mail import send_mail_later
from common.city import present_city
from common.languages import kept_language
from consultations.moderation.models import Decision, Report
from consultations.moderation.selectors.standing import with_standing


def acknowledge(report: Report) -> None:
    """Without delay, at the address that was given or that of their account; in the transaction of the report."""
    _write("report_received", report)


def tell_that_it_is_gone(reports: Iterable[Report]) -> None:
    """There is nothing left to decide about: whoever was promised an answer has this one."""
    for report in reports:
        _write("report_gone", report)


def _write(name: str, report: Report) -> None:
    to = report.email or (report.reporter.email if report.reporter is not None else "")
    city = present_city()
    if not to or city is None:
        return
    send_mail_later(
        template=f"moderation/email/{name}",
        to=to,
        context={"city": city, "report": report, "register_url": _url(city.url)},
        language=kept_language(report.language, city),
    )


def answer_by_mail(*, decision_id: int) -> None:
    """What was decided, to each who reported without an account and left an address."""
    decision = with_standing(Decision.objects.filter(pk=decision_id)).first()
    city = present_city()
    if decision is None or city is None:
        return
    answered = Report.objects.filter(case=decision.case_id, answered_at=decision.decided_at, reporter=None)
    for report in answered.exclude(email=""):
        context = {"city": city, "report": report, "decision": decision, "register_url": _url(city.url, decision)}
        language = kept_language(report.language, city)
        send_mail_later(
            template="moderation/email/report_answered", to=report.email, context=context, language=language
        )


def _url(base: str, decision: Decision | None = None) -> str:
    register = base.rstrip("/") + reverse("moderation_register")
    return f"{register}?decision={decision.pk}#{decision.number}" if decision is not None else register
