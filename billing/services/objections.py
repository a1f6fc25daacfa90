"""A city that says why it does not pay: it is not made read-only until an operator has answered.

Once for each invoice. Whoever says it again is answered again, and nothing waits for that, unless an operator takes it
up: one form each fortnight would keep a city that never pays.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.mail import send_mail_later
from accounts.models import User
from billing.models import Account, Invoice
from billing.services.reminders import readers
from billing.services.standing import follow, locked
from common.refusals import Refusal
from common.text import Words
from tenants.enums import LifecycleState

# Of one invoice; then a mail to us is left.
MOST = 3
OBJECTION = Words(minimum=10, maximum=2_000)
ANSWER = Words(minimum=10, maximum=2_000)


class NothingOverdue(Refusal):
    code = "nothing_overdue"
    message = gettext_lazy("No invoice of yours is overdue: there is nothing to object to. Write to us.")


class ObjectionWaits(Refusal):
    code = "objection_waits"
    message = gettext_lazy("You have written to us already. We answer before anything else happens.")


class ObjectedOften(Refusal):
    code = "objected_often"
    message = gettext_lazy("We have answered three times about this invoice. If something is left to say, write to us.")


class NoObjection(Refusal):
    code = "no_objection"
    message = gettext_lazy("No objection waits for an answer. Somebody may have answered it meanwhile.")


def object_to(account: Account, words: str, *, actor: User, at: datetime) -> bool:
    """Keep what the city says against what is overdue, and tell operators. Called from the city's own schema.

    Where something of it was never objected to its platform takes writing again at once: whether it was so. Raises
    NothingOverdue, ObjectionWaits, ObjectedOften, TextTooShort, TextTooLong.
    """
    words = OBJECTION.cleaned(words)
    with transaction.atomic():
        with schema_context("public"):
            account = locked(account)
            if account.is_objected:
                raise ObjectionWaits
            counts = dict(account.invoices.overdue(on=account.municipality.day_of(at)).values_list("pk", "objections"))
            if not counts:
                raise NothingOverdue
            if min(counts.values()) >= MOST:
                raise ObjectedOften
            Invoice.objects.filter(pk__in=counts).update(objections=F("objections") + 1)
            account.objection, account.objected_at, account.objected_by = words, at, actor.pk
            account.objection_suspends = min(counts.values()) == 0
            account.save(update_fields=_KEPT)
            follow(account, at=at)
            context = {
                "name": account.municipality.name,
                "kind": account.municipality.kind,
                "objection": words,
                "suspends": account.objection_suspends,
            }
            page = reverse("ops_account", args=[account.municipality_id], urlconf=settings.PUBLIC_SCHEMA_URLCONF)
            context["page"] = settings.PUBLIC_BASE_URL + page
            send_mail_later(template="billing/email/objection", to=settings.SERVICE_EMAIL, context=context)
        record("invoice_objected_to", actor=actor, subject=account)
    return account.objection_suspends


def take_up(account: Account, *, operator: User, at: datetime) -> None:
    """Have one that was said again suspend what the first one did. Again: nothing happens. Raises NoObjection."""
    with schema_context("public"), transaction.atomic():
        account = locked(account)
        if not account.is_objected:
            raise NoObjection
        if not account.objection_suspends:
            account.objection_suspends = True
            account.save(update_fields=["objection_suspends"])
            record("objection_taken_up", actor=operator, subject=account)
            follow(account, at=at)


def settle_objection(account: Account, answer: str, *, operator: User, at: datetime) -> None:
    """Answer the city by mail; terms count again. Raises NoObjection, TextTooShort, TextTooLong."""
    answer = ANSWER.cleaned(answer)
    with schema_context("public"), transaction.atomic():
        account = locked(account)
        if not account.is_objected:
            raise NoObjection
        context = {
            "objection": account.objection,
            "answer": answer,
            "is_owed": account.invoices.unpaid().exists(),
            "has_notice": account.objection_suspends,
            "service_email": settings.SERVICE_EMAIL,
        }
        for address in dict.fromkeys([*_who_wrote(account), *readers(account)]):
            send_mail_later(template="billing/email/objection_answered", to=address, context=context)
        assert account.objected_at
        account.answered_objections.create(
            words=account.objection, written_at=account.objected_at, answer=answer, answered_at=at
        )
        if account.objection_suspends:
            account.notice_from = at
        account.objection, account.objected_at, account.objected_by = "", None, None
        account.save(update_fields=_KEPT)
        record("objection_settled", actor=operator, subject=account, answer=answer)
        follow(account, at=at)


_KEPT = [
    "objection",
    "objected_at",
    "objected_by",
    "objection_suspends",
    "notice_from",
]


def _who_wrote(account: Account) -> list[str]:
    """While they are of its team, and it has one."""
    city = account.municipality
    if city.state == LifecycleState.DELETED:
        return []
    with schema_context(city.schema_name):
        return list(User.objects.filter(pk=account.objected_by or 0, is_active=True).values_list("email", flat=True))
