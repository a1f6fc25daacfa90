"""A city that says why it does not pay: it is not made read-only until an operator has answered."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.mail import send_mail_later
from accounts.models import User
from billing.models import Account
from billing.services.reminders import readers
from billing.services.standing import follow, locked
from common.refusals import Refusal
from common.text import Words

OBJECTION = Words(minimum=10, maximum=2_000)
ANSWER = Words(minimum=10, maximum=2_000)


class NothingOverdue(Refusal):
    code = "nothing_overdue"
    message = gettext_lazy("No invoice of yours is overdue: there is nothing to object to. Write to us.")


class ObjectionWaits(Refusal):
    code = "objection_waits"
    message = gettext_lazy("You have written to us already. We answer before anything else happens.")


class NoObjection(Refusal):
    code = "no_objection"
    message = gettext_lazy("No objection waits for an answer. Somebody may have answered it meanwhile.")


def object_to(account: Account, words: str, *, actor: User, at: datetime) -> None:
    """Keep what the city says against an overdue invoice, and tell operators. Called from the city's own schema.

    Its platform takes writing again at once. Raises NothingOverdue, ObjectionWaits, TextTooShort, TextTooLong.
    """
    words = OBJECTION.cleaned(words)
    with transaction.atomic():
        with schema_context("public"):
            account = locked(account)
            if account.is_objected:
                raise ObjectionWaits
            if not account.invoices.overdue(on=account.municipality.day_of(at)).exists():
                raise NothingOverdue
            account.objection, account.objected_at, account.objection_settled_at = words, at, None
            account.save(update_fields=["objection", "objected_at", "objection_settled_at"])
            follow(account, at=at)
            context = {"name": account.municipality.name, "kind": account.municipality.kind, "objection": words}
            page = reverse("ops_account", args=[account.municipality_id], urlconf=settings.PUBLIC_SCHEMA_URLCONF)
            context["page"] = settings.PUBLIC_BASE_URL + page
            send_mail_later(template="billing/email/objection", to=settings.SERVICE_EMAIL, context=context)
        record("invoice_objected_to", actor=actor, subject=account)


def settle_objection(account: Account, answer: str, *, operator: User, at: datetime) -> None:
    """Answer the city by mail; terms count again. Raises NoObjection, TextTooShort, TextTooLong."""
    answer = ANSWER.cleaned(answer)
    with schema_context("public"), transaction.atomic():
        account = locked(account)
        if not account.is_objected:
            raise NoObjection
        account.objection_settled_at = at
        account.save(update_fields=["objection_settled_at"])
        record("objection_settled", actor=operator, subject=account, answer=answer)
        for address in readers(account):
            send_mail_later(
                template="billing/email/objection_answered",
                to=address,
                context={"objection": account.objection, "answer": answer, "service_email": settings.SERVICE_EMAIL},
            )
        follow(account, at=at)
