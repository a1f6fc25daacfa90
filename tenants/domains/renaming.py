"""The short name of a city on the service's domain."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.models import User
from common.refusals import Refusal
from tenants.domains.names import DomainRefused
from tenants.domains.register import enter_host, lead_to_canonical, locked, mail_administrators
from tenants.models import Municipality
from tenants.reservations import reserve_hosts
from tenants.services import SlugTaken
from tenants.slugs import kept_from, kept_message, slug_problem

# What a city may do by itself; then it asks the team.
RENAMES = 3


class SlugRefused(Refusal):
    """The address may not be this, and why."""

    code = "slug_refused"
    status = 422


class RenamedTooOften(Refusal):
    code = "renamed_too_often"
    message = gettext_lazy("You have already changed this address three times. Write to us for another change.")


def rename_slug(*, municipality: Municipality, slug: str, actor: User, by_city: bool) -> None:
    """Change the beginning of a city's address on the service's domain. The former one leads to it, for ever.

    Raises SlugRefused, SlugTaken (of two at once the database lets one through) and, when its own
    administrators ask (`by_city`), RenamedTooOften. The schema is untouched. Already so: nothing happens.
    """
    problem = slug_problem(slug)
    if problem:
        raise SlugRefused(problem)
    with transaction.atomic():
        with schema_context("public"):
            city = locked(municipality)
        if city.slug == slug:
            return
        if by_city:
            with schema_context("public"):
                kept = kept_from([slug], kind=city.kind, authority_code=city.authority_code)
            if kept:
                raise SlugRefused(kept_message())
        if by_city and renames_left(city) <= 0:
            raise RenamedTooOften
        before = city.slug
        with schema_context("public"):
            city.slug = slug
            city.renames += by_city
            try:
                with transaction.atomic():
                    city.save(update_fields=["slug", "renames"])
                enter_host(city, city.service_host)
            except (IntegrityError, DomainRefused) as problem_:
                raise SlugTaken from problem_
            lead_to_canonical(city)
            reserve_hosts(city)
        record("slug_renamed", actor=actor, subject=city, before=before, after=slug)
        mail_administrators(city, "tenants/email/slug_renamed", former=f"{before}.{settings.PUBLIC_HOST}")


def renames_left(municipality: Municipality) -> int:
    """How often its administrators may still rename it: those of the team are not counted."""
    return max(0, RENAMES - municipality.renames)
