"""Whom we write to about invoices, as the city names them."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.enums import Role
from accounts.models import User
from billing.models import Account, Contact
from billing.services.accounts import account_of
from billing.services.standing import locked
from common.refusals import Refusal
from tenants.enums import LifecycleState
from tenants.models import Municipality

MOST = 10


class ContactExists(Refusal):
    code = "contact_exists"
    message = gettext_lazy("This address is in the list already.")


class TooManyContacts(Refusal):
    code = "too_many_contacts"
    message = gettext_lazy("Ten people at most: remove one first.")


class ContactGone(Refusal):
    code = "contact_gone"
    message = gettext_lazy("This person is not in the list any more: somebody has removed them.")


class GetsNothing(Refusal):
    code = "gets_nothing"
    status = 422
    message = gettext_lazy("Say what this person gets: the invoices, the reminders, or both.")


def add_contact(
    *,
    municipality: Municipality,
    name: str,
    email: str,
    gets_invoices: bool,
    gets_reminders: bool,
    actor: User | None,
    at: datetime,
) -> Contact:
    """Called from the city's own schema, whose trail keeps it. Raises GetsNothing, TooManyContacts, ContactExists."""
    if not (gets_invoices or gets_reminders):
        raise GetsNothing
    with transaction.atomic():
        with schema_context("public"):
            account = locked(account_of(municipality, at=at))
            check_room(account, email)
            contact = account.contacts.create(
                name=name, email=email, gets_invoices=gets_invoices, gets_reminders=gets_reminders
            )
        record("billing_contact_added", actor=actor, subject=contact)
    return contact


def check_room(account: Account, email: str) -> None:
    """Raises ContactExists, TooManyContacts. Its account is locked, or it is a form that asks beforehand."""
    there = [each.lower() for each in account.contacts.values_list("email", flat=True)]
    if email.lower() in there:
        raise ContactExists
    if len(there) >= MOST:
        raise TooManyContacts


def change_contact(
    *, contact: Contact, name: str, email: str, gets_invoices: bool, gets_reminders: bool, actor: User
) -> None:
    """Called like `add_contact`. Raises GetsNothing, ContactExists, ContactGone."""
    if not (gets_invoices or gets_reminders):
        raise GetsNothing
    said = {"name": name, "email": email, "gets_invoices": gets_invoices, "gets_reminders": gets_reminders}
    with transaction.atomic():
        with schema_context("public"):
            account = locked(contact.account)
            known = Contact.objects.filter(pk=contact.pk).first()
            if known is None:
                raise ContactGone
            if account.contacts.filter(email__iexact=email).exclude(pk=known.pk).exists():
                raise ContactExists
            changed = [field for field, value in said.items() if getattr(known, field) != value]
            Contact.objects.filter(pk=known.pk).update(**said)
        if changed:
            record("billing_contact_changed", actor=actor, subject=known, changed=changed)


def remove_contact(*, contact: Contact, actor: User) -> None:
    """Gone already: nothing happens. Called like `add_contact`."""
    with transaction.atomic():
        with schema_context("public"):
            gone, _of_each = Contact.objects.filter(pk=contact.pk).delete()
        if gone:
            record("billing_contact_removed", actor=actor, subject=contact)


def administrators_of(city: Municipality) -> list[str]:
    """To whom we write about what it buys; nobody where nobody has verified the authority, or once it is deleted."""
    if not city.verified_at or city.state == LifecycleState.DELETED:
        return []
    with schema_context(city.schema_name):
        people = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)
        return list(people.order_by("pk").values_list("email", flat=True))


def each_once(addresses: list[str]) -> list[str]:
    """In this order, whatever the case in which somebody typed them."""
    return list({address.lower(): address for address in reversed(addresses)}.values())[::-1]


def people_of(account: Account) -> list[str]:
    """Whom the city has named, and its administrators."""
    city = account.municipality
    if not city.verified_at:
        return []
    named = account.contacts.values_list("email", flat=True)
    return each_once([*named, *administrators_of(city)])


def page_of(city: Municipality) -> str:
    """Where its team finds its invoices; none once it is deleted."""
    if city.state == LifecycleState.DELETED:
        return ""
    return city.url.rstrip("/") + reverse("desk_subscription", urlconf=settings.ROOT_URLCONF)
