"""Scheduled checks of the domains that cities asked for, and of those in use."""

from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django_tenants.utils import schema_context

from accounts.audit import record
from tenants.domains.findings import Finding, look_at, sentences
from tenants.domains.names import DomainRefused, for_people
from tenants.domains.register import fresh, mail_administrators, own_hosts_of
from tenants.domains.services import check_wanted, forget_domain
from tenants.models import Domain, DomainCheck, Municipality

# How long the clock goes on looking for a domain that was asked for, and often at first.
WANTED_DAYS, WANTED_OFTEN_DAYS, WANTED_RARELY_HOURS = 30, 2, 6
LIVE_MINUTES = 60
# After how long a former domain that leads elsewhere is let go.
FORMER_DAYS = 30


def due_checks(*, at: datetime) -> QuerySet[DomainCheck]:
    """The domains to look at now. In public."""
    return (
        DomainCheck.objects.filter(_wanted(at) | _live(at), municipality__in=Municipality.objects.ready())
        .select_related("municipality")
        .order_by("pk")
    )


def _wanted(at: datetime) -> Q:
    """Domains asked for: at every round in the first days, more rarely later, not after a month."""
    often, rarely = at - timedelta(days=WANTED_OFTEN_DAYS), at - timedelta(hours=WANTED_RARELY_HOURS)
    due = Q(asked_at__gte=often) | Q(checked_at__isnull=True) | Q(checked_at__lte=rarely)
    return due & Q(domain=F("municipality__wanted_domain"), asked_at__gte=at - timedelta(days=WANTED_DAYS))


def _live(at: datetime) -> Q:
    leads = Exists(Domain.objects.filter(domain=OuterRef("domain"), tenant=OuterRef("municipality")))
    return Q(leads) & (Q(checked_at__isnull=True) | Q(checked_at__lte=at - timedelta(minutes=LIVE_MINUTES)))


def look_again(*, check_id: int, at: datetime) -> None:
    """Look at one domain for the scheduler, in its city's schema."""
    with schema_context("public"):
        check = DomainCheck.objects.select_related("municipality").filter(pk=check_id).first()
    if check is None:
        return
    if check.domain == check.municipality.wanted_domain:
        # Taken by another city meanwhile, or reserved: the page says so when somebody looks.
        with suppress(DomainRefused):
            check_wanted(municipality=check.municipality, actor=None, at=at)
    else:
        check_live(check=check, at=at)


def check_live(*, check: DomainCheck, at: datetime) -> Finding:
    """Look again at a domain in use. When it has led elsewhere twice in a row, its administrators are told once.

    Nothing is cut: whoever still arrives is served. A former domain that led elsewhere for a month is let go.
    """
    city = check.municipality
    with schema_context("public"):
        own_hosts = own_hosts_of(city)
    finding = look_at(check, own_hosts=own_hosts)
    if finding.silent:
        return finding
    with transaction.atomic(), schema_context("public"):
        check = DomainCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
        check.found, check.checked_at = asdict(finding), at
        was_wrong = check.wrong_since
        check.wrong_since = None if finding.leads_here else (was_wrong or at)
        notifies = bool(was_wrong) and not finding.leads_here and check.told_at is None
        is_own = check.domain == fresh(city).own_domain
        if finding.leads_here:
            check.told_at = None
        elif notifies and is_own:
            check.told_at = at
            with schema_context(city.schema_name):
                record("domain_wrong", actor=None, subject=city, domain=check.domain)
                lines = sentences(finding, domain=check.domain, service_host=city.service_host, in_use=True)
                mail_administrators(
                    city, "tenants/email/domain_wrong", domain=for_people(check.domain), sentences=lines
                )
        check.save(update_fields=["found", "checked_at", "wrong_since", "told_at"])
    if not is_own and check.wrong_since and check.wrong_since <= at - timedelta(days=FORMER_DAYS):
        with schema_context(city.schema_name):
            forget_domain(municipality=city, domain=check.domain, actor=None)
    return finding
