"""Leaving for good: the account goes, and every app forgets the person (common.personal).

In two steps. What the person asks for is one short transaction: from then on nobody comes in as them, and the rest is
a message of the outbox. The worker does that rest in one transaction, once nothing of theirs is under way any more: a
kill loses nothing and leaves nothing half done, and what meets a lock or a late row begins again.

Both are done by the service's own role: the rights of persons don't stop where a city only reads.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import get_tenant_model

from accounts.audit import record
from accounts.enums import Role
from accounts.mail import send_mail_later
from accounts.models import UNDO_ADDRESS_FOR, AddressChange, SignInLink, User
from accounts.selectors import able_administrators, undoable_changes
from common.db import as_owner, connection
from common.models import ContentRevision, OutboxMessage
from common.outbox import enqueue, outbox_task
from common.personal import forget_person
from common.refusals import Refusal

UNUSED_KEPT = timedelta(days=7)
_UNUSED_AT_ONCE = 1000


class LastAdministratorLeaves(Refusal):
    code = "last_administrator_leaves"
    message = _(
        "No other administrator of this platform has come in and set up a second factor: somebody must be able to "
        "answer for it. Invite one and wait until they have done so, or ask the service to close the platform."
    )


class AddressChangedLately(Refusal):
    """Whoever took an account over by its address would take everything along, or leave nothing to take back."""

    code = "address_changed_lately"

    def __init__(self, until: datetime) -> None:
        said = _(
            "The address of this account was changed lately, and whoever reads the former one may take it back until "
            "%(day)s. Until then it can neither be copied nor deleted."
        )
        super().__init__(said % {"day": date_format(timezone.localtime(until), "j F")})


def refuse_after_address_change(*, user: User, at: datetime) -> None:
    """Raises AddressChangedLately while the former address may still take the account back."""
    changes = undoable_changes(user, at=at)
    if changes and changes[0].confirmed_at is not None:
        raise AddressChangedLately(changes[0].confirmed_at + UNDO_ADDRESS_FOR)


class NotByDeleting(Exception):
    """A person is erased by this module: `User.delete()` would leave wrong counts and words without a place."""


@receiver(pre_delete, sender=User)
def refuse_to_delete(sender: object, **kwargs: Any) -> None:
    raise NotByDeleting


def ask_erasure(
    *, user: User, with_texts: bool, at: datetime, by_support: bool = False, unused: bool = False
) -> OutboxMessage | None:
    """Shut the account at once and have it erased by a worker. Asked for already: nothing happens, None.

    `with_texts`: what they published goes too, as far as nobody else's words hang on it. `unused`: nobody asks, its
    time is over (accounts.dormant); somebody who has just come in stays. Raises LastAdministratorLeaves, and
    AddressChangedLately unless support or time does it.
    """
    if not by_support and not unused:
        refuse_after_address_change(user=user, at=at)
    with as_owner(), transaction.atomic():
        # All of them locked, in one order: two who leave at once take turns, and the second stays.
        list(User.objects.filter(role=Role.ADMINISTRATOR).order_by("pk").select_for_update(no_key=True))
        leaving = User.objects.select_for_update(no_key=True).filter(pk=user.pk, is_active=True).first()
        if leaving is None or (unused and leaving.last_login != user.last_login):
            return None
        if leaving.role == Role.ADMINISTRATOR and not able_administrators().exclude(pk=leaving.pk).exists():
            raise LastAdministratorLeaves
        leaving.is_active = False
        # Their name is on visitors' pages: gone from the press on, however long the worker takes.
        leaving.public_name = leaving.name_key = leaving.function = ""
        leaving.save(update_fields=["is_active", "public_name", "name_key", "function"])
        SignInLink.objects.filter(user=leaving).delete()
        AddressChange.objects.filter(user=leaving).delete()
        actor = None if by_support or unused else leaving
        record(
            "erasure_asked", actor=actor, subject=leaving, with_texts=with_texts, by_support=by_support, unused=unused
        )
        message = enqueue(erase, user_id=leaving.pk, with_texts=with_texts, unused=unused)
        _make_pages_anew()
        return message


@outbox_task
def erase(*, user_id: int, with_texts: bool, unused: bool = False, **kwargs: Any) -> None:
    """Erase a person of the present schema and tell them so by mail. Gone already: nothing happens."""
    with as_owner(), transaction.atomic():
        user = User.objects.filter(pk=user_id).first()
        if user is None:
            return
        _erase(user, with_texts=with_texts, at=timezone.now())
        record("account_erased", actor=None, subject=user, with_texts=with_texts)
        city = get_tenant_model().objects.filter(schema_name=connection.schema_name).first()
        context = {"city": city, "with_texts": with_texts, "unused": unused}
        send_mail_later(template="accounts/email/account_erased", to=user.email, context=context)
        _make_pages_anew()


@outbox_task
def erase_again(*, user_id: int, with_texts: bool, **kwargs: Any) -> None:
    """Erase a person who had left when the city was put back to a day before (tenants.restoring): they were told."""
    with as_owner(), transaction.atomic():
        user = User.objects.filter(pk=user_id).first()
        if user is not None:
            _erase(user, with_texts=with_texts, at=timezone.now())
            _make_pages_anew()


def _make_pages_anew() -> None:
    """What the service's own role writes moves no revision. Last, because everyone who writes waits for this row."""
    ContentRevision.objects.update(value=F("value") + 1)


_ERASING = "SELECT pg_advisory_xact_lock{}(hashtextextended('erasing ' || %s, 0))"


def keep_everybody_here() -> None:
    """Until the end of the transaction, which begins with it, nobody of the present schema is erased.

    For what a worker writes about several persons, whom no lock of a row of theirs keeps: one who is gone would be
    found missing by the database only when it is all done.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ERASING.format("_shared"), [connection.schema_name])


def _keep_others_waiting() -> None:
    """Until the end of the transaction. Before any row of the person, whom notices are counted for."""
    with connection.cursor() as cursor:
        cursor.execute(_ERASING.format(""), [connection.schema_name])


def _erase(user: User, *, with_texts: bool, at: datetime) -> None:
    _keep_others_waiting()
    forget_person(user, with_texts=with_texts, at=at)
    # Without Django's collecting of what points to them: nothing does any more, or the database refuses.
    User.objects.filter(pk=user.pk)._raw_delete(using="default")
    connection.check_constraints()


# ── Accounts that nobody ever came into ──────────────────────────────────────


def is_unused(user: User) -> bool:
    """Whether nobody ever came in: somebody typed an address, or was invited by it."""
    return user.role == Role.PARTICIPANT and user.last_login is None and not user.public_name


def erase_unused(*, user_id: int, at: datetime) -> bool:
    """Erase an account that nobody ever came into; somebody who is just coming in stays. Tells nobody."""
    with transaction.atomic():
        _keep_others_waiting()
        user = User.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=user_id).first()
        if user is None or not is_unused(user):
            return False
        _erase(user, with_texts=False, at=at)
    return True


def forget_unused(*, at: datetime) -> int:
    """Those that are a week old; how many."""
    unused = User.objects.filter(
        role=Role.PARTICIPANT, last_login__isnull=True, public_name="", created_at__lt=at - UNUSED_KEPT
    )
    keys = list(unused.order_by("pk").values_list("pk", flat=True)[:_UNUSED_AT_ONCE])
    return sum(erase_unused(user_id=pk, at=at) for pk in keys)
