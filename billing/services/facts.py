"""What the next invoices say of an authority: its SIRET, service code and address, and the numbers of its years.

The same checks as for an order. What has left never changes: an invoice that Chorus Pro rejected is corrected.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.models import User
from billing.enums import InvoiceState
from billing.models import ABOUT, Account, Invoice, OrderedYear
from billing.services.codes import checked_engagement, checked_service_code, checked_siret
from billing.services.issuing import issue_invoice
from billing.services.purchase_orders import Place
from billing.services.standing import locked
from common.outbox import enqueue
from common.refusals import Refusal


class YearInvoiced(Refusal):
    code = "year_invoiced"
    message = gettext_lazy("The invoice of this year has left, and does not change. If it is wrong, write to us.")


@dataclass(frozen=True)
class Facts:
    """`needs_engagement`: None leaves what is known; operators alone say it."""

    siret: str
    service_code: str
    place: Place
    needs_engagement: bool | None = None


def open_years(account: Account) -> list[OrderedYear]:
    """Those of which no invoice has left, or one that Chorus Pro does not let through: their number may change."""
    firm = account.invoices.firm().values_list("period_begins_on", flat=True)
    begun = [day for day in firm if day]
    years = OrderedYear.objects.filter(subscription__account=account).order_by("begins_on")
    return [year for year in years if not any(abs(year.begins_on - day) <= ABOUT for day in begun)]


def change_facts(*, account: Account, facts: Facts, numbers: Mapping[int, str], actor: User, at: datetime) -> list[str]:
    """For what leaves from now on; the names of what has changed. `numbers`: engagement numbers, by their years.

    Called from the city's own schema, whose trail keeps it, or from the service's. Raises SiretRefused,
    SiretOfAnother, ServiceCodeRefused, EngagementRefused, YearInvoiced.
    """
    with transaction.atomic():
        with schema_context("public"):
            account = locked(account)
            changed = [*write(account, facts, at=at), *_number(account, numbers, at=at)]
            if changed:
                _try_again(account)
        if changed:
            record("facts_changed", actor=actor, subject=account, changed=changed)
    return changed


def give_number(*, account: Account, year_id: int, number: str, actor: User, at: datetime) -> None:
    """The engagement number of a year. Called like `change_facts`. Raises EngagementRefused, YearInvoiced."""
    with transaction.atomic():
        with schema_context("public"):
            account = locked(account)
            if changed := _number(account, {year_id: number}, at=at):
                _try_again(account)
        if changed:
            record("number_given", actor=actor, subject=account)


def write(account: Account, facts: Facts, *, at: datetime) -> list[str]:
    """On the row, which is locked; the names of what has changed."""
    said: dict[str, Any] = {
        "siret": checked_siret(account, facts.siret),
        "service_code": checked_service_code(facts.service_code),
        "address": facts.place.address,
        "postcode": facts.place.postcode,
        "town": facts.place.town,
    }
    if facts.needs_engagement is not None:
        said["needs_engagement"] = facts.needs_engagement
    changed = [name for name, value in said.items() if getattr(account, name) != value]
    for name in changed:
        setattr(account, name, said[name])
    if changed:
        account.facts_changed_at = at
        account.save(update_fields=[*changed, "facts_changed_at"])
    return changed


def _number(account: Account, numbers: Mapping[int, str], *, at: datetime) -> list[str]:
    wanted = {pk: checked_engagement(account, number) if number.strip() else "" for pk, number in numbers.items()}
    known = {year.pk: year for year in OrderedYear.objects.filter(subscription__account=account, pk__in=wanted)}
    changed = [year for pk, year in known.items() if year.engagement_number != wanted[pk]]
    if not changed:
        return []
    free = {year.pk for year in open_years(account)}
    for year in changed:
        if year.pk not in free:
            raise YearInvoiced
        year.engagement_number = wanted[year.pk]
        year.save(update_fields=["engagement_number"])
    account.facts_changed_at = at
    account.save(update_fields=["facts_changed_at"])
    return ["engagement_number"]


def _try_again(account: Account) -> None:
    """What a check holds back may leave now."""
    waiting = Invoice.objects.filter(account=account, number__isnull=False, facturx=None, state=InvoiceState.BLOCKED)
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        enqueue(issue_invoice, invoice_id=pk)
