"""Hosts that were a city's stay reserved for its authority, with the links and DNS lines that lead there.

That is: a domain that a city used and, once it has opened, its hosts on the service's domain, former ones too. The city
may be gone: its own DNS line still leads to its old host, and whoever had that host would get the domain with it.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.models import User
from common.refusals import Refusal
from common.text import clean_text
from tenants.models import Domain, HostReservation, Municipality

REASON_MAX = 500


class HostReserved(Refusal):
    """The host was that of another authority."""

    code = "host_reserved"
    message = _("This domain name was that of another authority’s platform. Is it yours now? Write to us.")


class HostInUse(Refusal):
    code = "host_in_use"
    message = _("A city has this name now: there is nothing to release.")


class ReasonMissing(Refusal):
    code = "release_reason_missing"
    status = 422
    message = _("Say why, in a sentence: your colleagues will read it.")


def is_services(host: str) -> bool:
    """Whether a host is on the service's own domain."""
    return host == settings.PUBLIC_HOST or host.endswith(f".{settings.PUBLIC_HOST}")


def reserve_hosts(city: Municipality) -> None:
    """Reserve the city's present hosts: its domains and, once it has opened, those on the service's domain.

    In public, in the transaction that changes its hosts. Reserved already: nothing happens.
    """
    kept = [host for host in _hosts_of(city) if city.opened_at or not is_services(host)]
    HostReservation.objects.bulk_create([_reservation(city, host) for host in kept], ignore_conflicts=True)


def reserve_hosts_of_leaving_city(city: Municipality, *, at: datetime) -> None:
    """The same for a city that is deleted. Hosts of one that never opened are noted as released: anybody may have them,
    but a DNS line may have been prepared for this one.
    """
    reserve_hosts(city)
    if not city.opened_at:
        hosts = [host for host in _hosts_of(city) if is_services(host)]
        HostReservation.objects.bulk_create([_reservation(city, host, released_at=at) for host in hosts])


def _hosts_of(city: Municipality) -> list[str]:
    return list(city.domains.order_by("domain").values_list("domain", flat=True))


def _reservation(city: Municipality, host: str, *, released_at: datetime | None = None) -> HostReservation:
    return HostReservation(
        host=host,
        schema_name=city.schema_name,
        kind=city.kind,
        authority_code=city.authority_code,
        name=city.name,
        released_at=released_at,
    )


def reserved_for_others(
    hosts: list[str], *, kind: str = "", authority_code: str = "", schema_name: str = ""
) -> QuerySet[HostReservation]:
    """Those of the hosts that only another authority may have. In public.

    An authority is known by its kind and code; one without a code by its city, as long as that exists.
    """
    mine = Q(schema_name=schema_name)
    if authority_code:
        mine |= Q(kind=kind, authority_code=authority_code)
    return HostReservation.objects.filter(host__in=hosts, released_at__isnull=True).exclude(mine)


def check_not_reserved(city: Municipality, host: str) -> None:
    """Raises HostReserved. Call it once the host is the city's row in `Domain`, in the same transaction: that row waits
    for whoever gives the host up at the same moment, and sees what they reserve.
    """
    others = reserved_for_others(
        [host], kind=city.kind, authority_code=city.authority_code, schema_name=city.schema_name
    )
    if others.exists():
        raise HostReserved


def were_of_another_city(hosts: list[str], *, schema_name: str) -> bool:
    """Whether one of the hosts ever was another city's, released since or not. In public."""
    return HostReservation.objects.filter(host__in=hosts).exclude(schema_name=schema_name).exists()


def release(*, reservation: HostReservation, operator: User, reason: str, at: datetime) -> None:
    """Let anybody have the host. Raises ReasonMissing, HostInUse. Released already: nothing happens."""
    reason = clean_text(reason)[:REASON_MAX]
    if not reason:
        raise ReasonMissing
    with transaction.atomic():
        held = HostReservation.objects.select_for_update(of=("self",)).get(pk=reservation.pk)
        if held.released_at:
            return
        if Domain.objects.filter(domain=held.host).exists():
            raise HostInUse
        held.released_at, held.released_by, held.release_reason = at, operator.pk, reason
        held.save(update_fields=["released_at", "released_by", "release_reason"])
        record("host_released", actor=operator, subject=held, host=held.host, reason=reason)


def reservations(*, search: str = "") -> QuerySet[HostReservation]:
    """For operators: those that still hold first, each with `in_use`, whether it leads to a city now."""
    found = HostReservation.objects.annotate(
        in_use=Exists(Domain.objects.filter(domain=OuterRef("host")).order_by())
    ).order_by(F("released_at").desc(nulls_first=True), "host", "pk")
    if search:
        found = found.filter(Q(host__icontains=search) | Q(name__icontains=search) | Q(authority_code=search))
    return found
