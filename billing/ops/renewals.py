"""What the next period of a subscription costs: an operator keeps the former price, or says another one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.abilities import OPERATE
from accounts.kept import SensitiveAction
from accounts.permissions import role_required, signed_in_user
from billing.models import NextPrice
from billing.ops.accounts import account_page
from billing.ops.acting import acted
from billing.ops.forms import KeepPriceForm, SayPriceForm
from billing.services import renewals


@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    price, form = _price(pk), KeepPriceForm(request.POST)
    city = price.subscription.account.municipality
    return acted(
        request,
        form,
        lambda: renewals.keep_price(
            price=price, operator=signed_in_user(request), at=timezone.now(), **form.cleaned_data
        ),
        said=_("The former price stays for another year."),
        back=("ops_account", city.pk),
        refused=lambda status: account_page(request, city, status=status, keep_price=form),
    )


def _name(*, pk: int) -> str:
    found = NextPrice.objects.filter(pk=pk).values_list("subscription__account__legal_name", flat=True)
    return found.first() or ""


@require_POST
@role_required(OPERATE, fresh=SensitiveAction(gettext_lazy("Say the price of the next period"), SayPriceForm, _name))
def say(request: HttpRequest, pk: int) -> HttpResponse:
    price, form = _price(pk), SayPriceForm(request.POST)
    city = price.subscription.account.municipality
    return acted(
        request,
        form,
        lambda: renewals.say_price(
            price=price, operator=signed_in_user(request), at=timezone.now(), **form.cleaned_data
        ),
        said=_("The next period has this price. The city is told 75 days before it begins."),
        back=("ops_account", city.pk),
        refused=lambda status: account_page(request, city, status=status, say_price=form),
    )


def _price(pk: int) -> NextPrice:
    return get_object_or_404(NextPrice.objects.select_related("subscription__account__municipality"), pk=pk)
