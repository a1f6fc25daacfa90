"""What administrators do with the addresses that their city has told of what is published."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.audit import record
from accounts.models import User
from common.meanwhile import ChangedMeanwhile
from webhooks import registry
from webhooks.addresses import target_of
from webhooks.enums import DeliveryState, EndpointState
from webhooks.models import Delivery, Endpoint
from webhooks.services.refusals import EndpointTaken, NothingToTell, TooManyEndpoints
from webhooks.services.waking import wake
from webhooks.signing import new_secret

MOST = 10
# For how long the secret that was replaced signs too.
OLD_SECRET_SIGNS = timedelta(hours=24)
# Of two presses on one button the second makes nothing.
_SECOND_PRESS = timedelta(minutes=1)


def add_endpoint(*, name: str, url: str, kinds: list[str], actor: User, at: datetime) -> Endpoint:
    """Raises NoTarget, EndpointTaken, NothingToTell, TooManyEndpoints."""
    target = target_of(url)
    chosen = _known(kinds)
    just_made = Endpoint.objects.filter(url=target.url, name=name, kinds=chosen, created_at__gt=at - _SECOND_PRESS)
    try:
        with transaction.atomic():
            if (found := just_made.first()) is not None:
                return found
            if Endpoint.objects.count() >= MOST:
                raise TooManyEndpoints
            made = Endpoint.objects.create(name=name, url=target.url, kinds=chosen, secret=new_secret(), created_at=at)
            record("webhook_added", actor=actor, subject=made, kinds=chosen)
    except IntegrityError as problem:
        if (found := just_made.first()) is not None:
            return found
        raise EndpointTaken from problem
    return made


def change_endpoint(
    *, endpoint: Endpoint, name: str, url: str, kinds: list[str], revision: int, actor: User, at: datetime
) -> None:
    """Raises as `add_endpoint`, and ChangedMeanwhile."""
    target, chosen = target_of(url), _known(kinds)
    try:
        with transaction.atomic():
            row = _locked(endpoint)
            if (row.name, row.url, row.kinds) == (name, target.url, chosen):
                return
            if row.revision != revision:
                raise ChangedMeanwhile(row)
            moved = row.url != target.url
            row.name, row.url, row.kinds, row.revision = name, target.url, chosen, row.revision + 1
            if moved:
                _begin_anew(row)
            row.save()
            record("webhook_changed", actor=actor, subject=row, kinds=chosen, moved=moved)
            wake(at=at)
    except IntegrityError as problem:
        raise EndpointTaken from problem


def pause_endpoint(*, endpoint: Endpoint, actor: User) -> None:
    """What happens meanwhile waits."""
    with transaction.atomic():
        row = _locked(endpoint)
        if row.state == EndpointState.ACTIVE:
            row.state = EndpointState.PAUSED
            row.save(update_fields=["state"])
            record("webhook_paused", actor=actor, subject=row)


def resume_endpoint(*, endpoint: Endpoint, actor: User, at: datetime) -> None:
    """What waits leaves now; nothing of what happened while it was stopped."""
    with transaction.atomic():
        row = _locked(endpoint)
        if row.state != EndpointState.ACTIVE:
            row.state = EndpointState.ACTIVE
            _begin_anew(row)
            row.save()
            record("webhook_resumed", actor=actor, subject=row)
            wake(at=at)


def renew_secret(*, endpoint: Endpoint, revision: int, actor: User, at: datetime) -> Endpoint:
    """The new one; until tomorrow the former one signs beside it. A second press changes nothing."""
    with transaction.atomic():
        row = _locked(endpoint)
        if row.revision == revision:
            row.old_secret, row.old_secret_until = row.secret, at + OLD_SECRET_SIGNS
            row.secret, row.revision = new_secret(), row.revision + 1
            row.save(update_fields=["secret", "old_secret", "old_secret_until", "revision"])
            record("webhook_secret_renewed", actor=actor, subject=row)
    return row


def delete_endpoint(*, endpoint: Endpoint, actor: User) -> None:
    with transaction.atomic():
        row = Endpoint.objects.select_for_update(of=("self",)).filter(pk=endpoint.pk).first()
        if row is not None:
            record("webhook_deleted", actor=actor, subject=row, title=row.name)
            row.delete()


def disable(row: Endpoint, *, at: datetime) -> None:
    """A locked one, by itself: what waits has failed. It can be sent again by hand."""
    row.state, row.disabled_at = EndpointState.DISABLED, at
    row.save(update_fields=["state", "disabled_at"])
    waiting = Delivery.objects.filter(endpoint=row, state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.FAILED, due_at=None)
    record("webhook_disabled", actor=None, subject=row)


def _begin_anew(row: Endpoint) -> None:
    row.failures, row.failing_since, row.rests_until, row.disabled_at = 0, None, None, None


def _locked(endpoint: Endpoint) -> Endpoint:
    return Endpoint.objects.select_for_update(of=("self",), no_key=True).get(pk=endpoint.pk)


def _known(kinds: list[str]) -> list[str]:
    chosen = [each.key for each in registry.kinds() if each.key in kinds]
    if not chosen:
        raise NothingToTell
    return chosen
