"""Where what is sold is in the operators' menu."""

from django.utils.translation import gettext_lazy as _

from common.navigation import Menu, in_menu


def _pages() -> list[str]:
    """A form that is refused answers at an address of its own."""
    from billing.ops.urls import urlpatterns

    return [each.name for each in urlpatterns if each.name]


in_menu(
    Menu.OPS,
    "ops_billing",
    _("Billing"),
    order=35,
    inside=_pages,
)
