"""Where what is sold is in the operators' menu."""

from django.utils.translation import gettext_lazy as _

from common.navigation import Menu, in_menu

in_menu(
    Menu.OPS,
    "ops_billing",
    _("Billing"),
    order=35,
    inside="ops_account* ops_difference ops_interest_rates ops_invoice* ops_money* ops_plan* ops_vat*",
)
