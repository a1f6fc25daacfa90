"""The rates of VAT, by territory and day: what is quoted or issued keeps the rate that it has."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.models import User
from billing.enums import Territory
from billing.models import VatRate
from billing.services.papers import EXEMPTIONS
from common.db import connection
from common.refusals import Refusal
from common.text import Words

SOURCE = Words(minimum=5, maximum=200, one_line=True)
MOST = 3_000
_YEARS_AHEAD = 5


class NotARate(Refusal):
    code = "not_a_rate"
    status = 422
    message = gettext_lazy("A rate of VAT is between 0 and 30 %.")


class RateInThePast(Refusal):
    code = "vat_in_the_past"
    status = 422
    message = gettext_lazy("A rate begins today at the earliest: what was quoted and issued before keeps its own.")


class RateTooFar(Refusal):
    code = "vat_too_far"
    status = 422
    message = gettext_lazy("A rate is entered five years ahead at most.")


class RateEnteredAlready(Refusal):
    code = "vat_entered_already"
    message = gettext_lazy(
        "Another rate of this territory begins on that day. Reload the page: it may be in force already."
    )


class RateInForce(Refusal):
    code = "vat_in_force"
    message = gettext_lazy(
        "This rate is in force: what was quoted or invoiced may bear it. Enter another one, from a later day on."
    )


class NoReasonForNoVat(Refusal):
    code = "no_reason_for_no_vat"
    status = 422
    message = gettext_lazy(
        "Where the law taxes there is no sentence for an invoice without VAT: it would be held back."
    )


def enter_vat_rate(
    *, territory: str, from_on: date, basis_points: int | None, source: str, operator: User, at: datetime
) -> VatRate:
    """From a day on, for quotes made from then on. The same again: the one that there is; before its day: corrected.

    Raises NotARate, NoReasonForNoVat, RateInThePast, RateTooFar, RateEnteredAlready, TextTooShort, TextTooLong.
    """
    place, source, today = Territory(territory), SOURCE.cleaned(source), timezone.localdate(at)
    if basis_points is None or not 0 <= basis_points <= MOST:
        raise NotARate
    if not basis_points and place not in EXEMPTIONS:
        raise NoReasonForNoVat
    if from_on < today:
        raise RateInThePast
    if from_on.year > today.year + _YEARS_AHEAD:
        raise RateTooFar
    said = {"basis_points": basis_points, "source": source}
    with schema_context("public"), transaction.atomic():
        _wait_for_turn()
        known = VatRate.objects.filter(territory=place, from_on=from_on).first()
        if known is not None and {name: getattr(known, name) for name in said} == said:
            return known
        if known is not None and from_on <= today:
            raise RateEnteredAlready
        rate, _was_made = VatRate.objects.update_or_create(territory=place, from_on=from_on, defaults=said)
        record(
            "vat_entered",
            actor=operator,
            subject=rate,
            territory=place,
            from_on=str(from_on),
            basis_points=basis_points,
        )
    return rate


def remove_vat_rate(*, rate: VatRate, operator: User, at: datetime) -> None:
    """Take back one whose day has not come: nothing bears it, the one before goes on. Gone already: nothing happens.

    What Stripe was told of it for a next period is told anew by the night (vat_of_periods). Raises RateInForce.
    """
    with schema_context("public"), transaction.atomic():
        _wait_for_turn()
        known = VatRate.objects.filter(pk=rate.pk).first()
        if known is None:
            return
        if known.from_on <= timezone.localdate(at):
            raise RateInForce
        said = {"territory": known.territory, "from_on": str(known.from_on), "basis_points": known.basis_points}
        record("vat_removed", actor=operator, subject=known, **said)
        known.delete()


def _wait_for_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('rates of vat', 0))")
