"""The operators' page of a city's addresses: as at its own desk, without its limits."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from accounts.abilities import OPERATE
from accounts.permissions import role_required
from tenants.domains import acting
from tenants.models import Municipality


@role_required(OPERATE, fresh=acting.ASK)
def addresses(request: HttpRequest, pk: int) -> HttpResponse:
    place = _place(pk)
    return acting.ask(request, place) if request.method == "POST" else acting.show(request, place)


@require_POST
def check_domain(request: HttpRequest, pk: int) -> HttpResponse:
    return acting.check(request, _place(pk))


@require_POST
def give_up_domain(request: HttpRequest, pk: int) -> HttpResponse:
    return acting.give_up(request, _place(pk))


@require_POST
@role_required(OPERATE, fresh=acting.LEAVE)
def leave_domain(request: HttpRequest, pk: int) -> HttpResponse:
    return acting.leave(request, _place(pk))


@require_POST
@role_required(OPERATE, fresh=acting.FORGET)
def forget_domain(request: HttpRequest, pk: int) -> HttpResponse:
    return acting.forget(request, _place(pk))


@require_POST
@role_required(OPERATE, fresh=acting.RENAME)
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    return acting.rename(request, _place(pk))


def _place(pk: int) -> acting.Place:
    municipality = get_object_or_404(Municipality.objects.ready(), pk=pk)
    names = {
        "page": "ops_addresses",
        "check": "ops_domain_check",
        "give_up": "ops_domain_give_up",
        "leave": "ops_domain_leave",
        "forget": "ops_domain_forget",
        "rename": "ops_rename",
    }
    urls = {action: reverse(name, args=[pk]) for action, name in names.items()}
    return acting.Place(municipality, "tenants/ops/addresses.html", urls, by_city=False)


urlpatterns = [
    path("collectivites/<int:pk>/adresses/", addresses, name="ops_addresses"),
    path("collectivites/<int:pk>/adresses/verifier/", check_domain, name="ops_domain_check"),
    path("collectivites/<int:pk>/adresses/renoncer/", give_up_domain, name="ops_domain_give_up"),
    path("collectivites/<int:pk>/adresses/quitter/", leave_domain, name="ops_domain_leave"),
    path("collectivites/<int:pk>/adresses/oublier/", forget_domain, name="ops_domain_forget"),
    path("collectivites/<int:pk>/adresses/renommer/", rename, name="ops_rename"),
]
