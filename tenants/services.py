"""Writing the register of cities."""

from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.enums import Role
from accounts.factors import NobodyToHelp, give_way_back, kinds_of
from accounts.models import User
from common.refusals import Refusal
from tenants import spares
from tenants.models import Domain, Municipality, WantedCity
from tenants.reservations import HostReserved, check_not_reserved, reserve_hosts
from tenants.slugs import is_reserved
from tenants.time_zones import time_zone_of


class SlugTaken(Refusal):
    """The address belongs or belonged to another city, or to the service."""

    code = "slug_taken"
    message = _("This address is already taken. Choose another one.")


class AuthorityAlreadyServed(Refusal):
    """The authority has a platform; it never gets a second."""

    code = "authority_already_served"
    message = _("This authority already has its platform.")


def reserve_municipality(wanted: WantedCity, *, verified_at: datetime | None) -> Municipality:
    """Enter a city in the register with its address. Nothing is served there until it is marked ready.

    Raises SlugTaken or AuthorityAlreadyServed; of many at once the database lets one through.
    """
    if is_reserved(wanted.slug):
        raise SlugTaken
    columns = asdict(wanted)
    try:
        with transaction.atomic():
            municipality = Municipality(name=columns.pop("authority_name"), **columns, verified_at=verified_at)
            if spare := spares.take():
                municipality.schema_name, municipality.structure = spare.schema_name, spare.structure
            municipality.time_zone = time_zone_of(municipality)
            municipality.save()
            Domain(domain=municipality.host, tenant=municipality, is_primary=True).save()
            check_not_reserved(municipality, municipality.host)
    except HostReserved as problem:
        raise SlugTaken from problem
    except IntegrityError as problem:
        if "one_platform_an_authority" in str(problem):
            raise AuthorityAlreadyServed from problem
        raise SlugTaken from problem
    return municipality


def mark_ready(*, municipality: Municipality, at: datetime) -> None:
    """Serve the city's host and begin its trial."""
    ends_on = municipality.day_of(at) + timedelta(days=settings.TRIAL_DAYS)
    Municipality.objects.filter(pk=municipality.pk, ready_at__isnull=True).update(ready_at=at, trial_ends_on=ends_on)


def give_person_way_back(*, municipality: Municipality, email: str, reason: str, operator: User) -> None:
    """Remove the second factor that an administrator, or a participant, has lost; recorded in the city's trail.

    Other members of a team have their administrators for that. Raises NobodyToHelp.
    """
    with schema_context(municipality.schema_name):
        people = User.objects.filter(role__in=(Role.ADMINISTRATOR, Role.PARTICIPANT), is_active=True)
        user = people.filter(email__iexact=email.strip()).first()
        if user is None or not kinds_of(user):
            raise NobodyToHelp
        give_way_back(user=user, actor=None, city=municipality, operator=operator.pk, reason=reason)


def mark_open(*, municipality: Municipality, at: datetime) -> None:
    """Let residents in, and reserve the city's hosts for good.

    Called from the city's own schema and transaction: the register is written as the service.
    """
    with schema_context("public"):
        if Municipality.objects.filter(pk=municipality.pk, opened_at__isnull=True).update(opened_at=at):
            reserve_hosts(Municipality.objects.get(pk=municipality.pk))


def mark_closed_again(*, municipality: Municipality) -> None:
    """Undo an opening that nobody has made use of; its hosts stay reserved. Called like `mark_open`."""
    with schema_context("public"):
        Municipality.objects.filter(pk=municipality.pk).update(opened_at=None)


def mend_time_zone(*, municipality: Municipality, time_zone: str, operator: User) -> None:
    """Moments that are kept stay what they are; from now on they are read and written in that zone."""
    with schema_context("public"), transaction.atomic():
        if Municipality.objects.filter(pk=municipality.pk).exclude(time_zone=time_zone).update(time_zone=time_zone):
            record("time_zone_mended", actor=operator, subject=municipality, time_zone=time_zone)


def set_maintenance(*, municipality: Municipality, on: bool, operator: User | None, at: datetime) -> None:
    """Answer 503 to everyone, or stop doing so; no change: nothing happens. `operator` is None on the command line."""
    with transaction.atomic():
        cities = Municipality.objects.filter(pk=municipality.pk, maintenance_since__isnull=on)
        if cities.update(maintenance_since=at if on else None):
            record("maintenance_begun" if on else "maintenance_ended", actor=operator, subject=municipality)


def set_accompanied(*, municipality: Municipality, since: datetime | None) -> bool:
    """Say since when the service's team helps the city to frame; None: it does no longer. False where it was so.

    Called from the city's own schema and transaction, like `mark_open`.
    """
    with schema_context("public"):
        city = Municipality.objects.filter(pk=municipality.pk, accompanied_since__isnull=since is not None)
        return bool(city.update(accompanied_since=since))


def set_languages(*, municipality: Municipality, languages: str) -> bool:
    """Those that the city offers besides French. Called like `set_appearance`; False where nothing changed."""
    with schema_context("public"):
        city = Municipality.objects.filter(pk=municipality.pk)
        return bool(city.exclude(languages=languages).update(languages=languages))


def set_appearance(*, municipality: Municipality, colour: str | None = None, logo: str | None = None) -> bool:
    """Write the colour and the logo's digest that the city's pages use; None leaves one as it is.

    Called from the city's own schema and transaction, like `mark_open`. False where nothing changed.
    """
    wanted = {name: value for name, value in {"colour": colour, "logo": logo}.items() if value is not None}
    with schema_context("public"):
        city = Municipality.objects.filter(pk=municipality.pk)
        return bool(wanted) and bool(city.exclude(**wanted).update(**wanted))
