"""Changing a city's addresses from a page: the same at its desk and on the operators' side."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context

from accounts.kept import SensitiveAction
from accounts.permissions import signed_in_user
from common.limits import TooMany, consume
from tenants.domains import renaming, services
from tenants.domains.forms import DomainForm, SlugForm
from tenants.domains.names import DomainRefused
from tenants.domains.page import addresses_of
from tenants.limits import DOMAIN_CHECKS
from tenants.models import Municipality
from tenants.services import SlugTaken
from tenants.slugs import free_alternatives


def named(*, pk: int | None = None, **kwargs: Any) -> str:
    """The name of the city whose address an operators' page is about; empty at a city's own desk."""
    return Municipality.objects.filter(pk=pk).values_list("name", flat=True).first() or "" if pk else ""


# What is grave here, as it is said to whoever shows once more who they are (accounts.permissions.role_required).
ASK = SensitiveAction(gettext_lazy("Ask for a domain name of one’s own"), DomainForm, named)
LEAVE = SensitiveAction(gettext_lazy("Leave the domain name"), about=named)
FORGET = SensitiveAction(gettext_lazy("Give up a former address"), about=named)
RENAME = SensitiveAction(gettext_lazy("Change the address of the platform"), SlugForm, named)


@dataclass(frozen=True)
class Place:
    """The page that changes a city's addresses. `by_city`: one of the city itself, whose host changes with them."""

    municipality: Municipality
    template: str
    urls: dict[str, str]  # page, check, give_up, leave, forget, rename
    by_city: bool


def show(request: HttpRequest, place: Place, *, alternatives: list[str] | None = None, **forms: Form) -> HttpResponse:
    """The page, with the refused form when there is one."""
    context = {
        "addresses": addresses_of(place.municipality),
        "domain_form": DomainForm(),
        "slug_form": SlugForm(),
        "alternatives": alternatives or [],
        "urls": place.urls,
        "by_city": place.by_city,
        **forms,
    }
    return render(request, place.template, context, status=422 if forms else 200)


def ask(request: HttpRequest, place: Place) -> HttpResponse:
    form = DomainForm(request.POST)
    if form.is_valid():
        try:
            services.ask_for_domain(
                municipality=place.municipality,
                domain=form.cleaned_data["domain"],
                actor=signed_in_user(request),
                at=timezone.now(),
            )
            return redirect(place.urls["page"])
        except DomainRefused as refusal:
            form.add_error("domain", str(refusal.message))
    return show(request, place, domain_form=form)


def check(request: HttpRequest, place: Place) -> HttpResponse:
    """Look at the DNS now. It takes a few seconds at worst."""
    try:
        consume(DOMAIN_CHECKS, key=place.municipality.schema_name)
        finding = services.check_wanted(
            municipality=place.municipality, actor=signed_in_user(request), at=timezone.now()
        )
    except (DomainRefused, TooMany) as refusal:
        messages.warning(request, str(refusal.message))
        return redirect(place.urls["page"])
    if finding is not None and finding.holds:
        return _moved(request, place)
    return redirect(place.urls["page"])


def give_up(request: HttpRequest, place: Place) -> HttpResponse:
    services.give_up_domain(municipality=place.municipality, actor=signed_in_user(request))
    return redirect(place.urls["page"])


def leave(request: HttpRequest, place: Place) -> HttpResponse:
    services.leave_domain(municipality=place.municipality, actor=signed_in_user(request))
    return _moved(request, place)


def forget(request: HttpRequest, place: Place) -> HttpResponse:
    services.forget_domain(
        municipality=place.municipality, domain=request.POST.get("domain", "")[:253], actor=signed_in_user(request)
    )
    return redirect(place.urls["page"])


def rename(request: HttpRequest, place: Place) -> HttpResponse:
    form = SlugForm(request.POST)
    alternatives: list[str] = []
    if form.is_valid():
        slug = form.cleaned_data["slug"]
        try:
            renaming.rename_slug(
                municipality=place.municipality, slug=slug, actor=signed_in_user(request), by_city=place.by_city
            )
            return _moved(request, place)
        except (SlugTaken, renaming.SlugRefused, renaming.RenamedTooOften) as refusal:
            form.add_error("slug", str(refusal.message))
            if not isinstance(refusal, renaming.RenamedTooOften):
                with schema_context("public"):
                    city = place.municipality
                    alternatives = free_alternatives(
                        slug,
                        department_code=city.department_code,
                        kind=city.kind,
                        authority_code=city.authority_code,
                    )
    return show(request, place, slug_form=form, alternatives=alternatives)


def _moved(request: HttpRequest, place: Place) -> HttpResponse:
    """The way on after a change of host. A city's page answers with a link: its old host no longer has pages."""
    city = addresses_of(place.municipality).city
    if place.by_city and request.get_host().partition(":")[0].lower() != city.host:
        return render(request, "tenants/backoffice/moved.html", {"moved": city, "desk_path": place.urls["page"]})
    messages.success(request, _("%(name)s is now at %(host)s.") % {"name": city.name, "host": city.host})
    return redirect(place.urls["page"])
