"""A domain of a city's own: asking for it, having it, leaving it."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.models import User
from tenants.domains.findings import Finding, look_at
from tenants.domains.names import DomainRefused, DomainReserved, DomainTaken, for_people
from tenants.domains.register import (
    alias_proves,
    enter_host,
    fresh,
    lead_to_canonical,
    locked,
    mail_administrators,
    own_hosts_of,
)
from tenants.models import Domain, DomainCheck, Municipality
from tenants.reservations import is_services, reserve_hosts, reserved_for_others


def ask_for_domain(*, municipality: Municipality, domain: str, actor: User, at: datetime) -> None:
    """Note which domain a city wants; it is in use once the DNS is right. Asked already: nothing happens.

    `domain` is as `domain_from` gives it. Raises DomainRefused, DomainTaken, DomainReserved.
    """
    with transaction.atomic():
        with schema_context("public"):
            city = locked(municipality)
            if city.verified_at is None:
                # Its mails would carry whatever domain somebody bought, to people who know nothing of it.
                raise DomainRefused(
                    _("A platform gets a domain of its own once it is verified that it speaks for its authority.")
                )
            if city.own_domain == domain:
                raise DomainRefused(_("Your platform already lives at this address."))
            if Domain.objects.filter(domain=domain).exclude(tenant=city).exists():
                raise DomainTaken
            if reserved_for_others(
                [domain], kind=city.kind, authority_code=city.authority_code, schema_name=city.schema_name
            ).exists():
                raise DomainReserved
            if city.wanted_domain == domain:
                return
            city.wanted_domain = domain
            city.save(update_fields=["wanted_domain"])
            DomainCheck.objects.update_or_create(
                municipality=city, domain=domain, defaults={"asked_at": at, "found": {}, "checked_at": None}
            )
        record("domain_asked", actor=actor, subject=city, domain=domain)


def give_up_domain(*, municipality: Municipality, actor: User) -> None:
    """Forget the domain that was asked for and is not in use."""
    with transaction.atomic():
        with schema_context("public"):
            city = locked(municipality)
            domain, city.wanted_domain = city.wanted_domain, ""
            if not domain:
                return
            city.save(update_fields=["wanted_domain"])
            if not city.domains.filter(domain=domain).exists():
                city.domain_checks.filter(domain=domain).delete()
        record("domain_given_up", actor=actor, subject=city, domain=domain)


def check_wanted(*, municipality: Municipality, actor: User | None, at: datetime) -> Finding | None:
    """Ask the DNS about the domain that a city wants; when it is right, put it to use.

    None when the city wants none. Raises DomainTaken, DomainReserved. `actor` is None for the nightly job.
    """
    with schema_context("public"):
        check = DomainCheck.objects.filter(
            municipality=municipality, domain=fresh(municipality).wanted_domain or "-"
        ).first()
        if check is None:
            return None
        own_hosts, proves = own_hosts_of(municipality), alias_proves(municipality, check.domain)
    finding = look_at(check, own_hosts=own_hosts, alias_proves=proves)
    with schema_context("public"):
        DomainCheck.objects.filter(pk=check.pk).update(found=asdict(finding), checked_at=at)
    if finding.holds:
        _move_in(municipality=municipality, domain=check.domain, actor=actor)
    return finding


def _move_in(*, municipality: Municipality, domain: str, actor: User | None) -> None:
    """Make `domain` the host of the city's pages; its other hosts redirect there. Of two at once, one does it."""
    with transaction.atomic():
        with schema_context("public"):
            city = locked(municipality)
            if city.wanted_domain != domain:
                return
            enter_host(city, domain)
            city.own_domain, city.wanted_domain = domain, ""
            city.save(update_fields=["own_domain", "wanted_domain"])
            lead_to_canonical(city)
            reserve_hosts(city)
        record("domain_in_use", actor=actor, subject=city, domain=domain)
        mail_administrators(city, "tenants/email/domain_in_use")


def leave_domain(*, municipality: Municipality, actor: User) -> None:
    """Go back to the host on the service's domain. The domain redirects there until it is forgotten."""
    with transaction.atomic():
        with schema_context("public"):
            city = locked(municipality)
            domain, city.own_domain = city.own_domain, ""
            if not domain:
                return
            city.save(update_fields=["own_domain"])
            lead_to_canonical(city)
        record("domain_left", actor=actor, subject=city, domain=domain)
        mail_administrators(city, "tenants/email/domain_left", domain=for_people(domain))


def forget_domain(*, municipality: Municipality, domain: str, actor: User | None) -> None:
    """Let a former domain go: it no longer leads here, and stays reserved for this authority."""
    with transaction.atomic():
        with schema_context("public"):
            city = locked(municipality)
            if is_services(domain) or domain == city.own_domain:
                return
            gone, _kinds = city.domains.filter(domain=domain).delete()
            if domain != city.wanted_domain:
                city.domain_checks.filter(domain=domain).delete()
            if not gone:
                return
        record("domain_forgotten", actor=actor, subject=city, domain=domain)
