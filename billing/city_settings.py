"""What a city has bought, in a line of *Réglages* (common.city_settings)."""

from django.utils import timezone
from django.utils.translation import gettext_lazy

from billing.abilities import SUBSCRIBE
from billing.selectors.subscription import Stage, situation_of
from common.city_settings import Section, setting
from common.requests import Request

_NOW = {
    Stage.NO_QUOTE: gettext_lazy("No quote yet"),
    Stage.QUOTED: gettext_lazy("A quote waits for your yes"),
    Stage.EXPIRED: gettext_lazy("The quote is no longer valid"),
    Stage.ACCEPTED: gettext_lazy("The purchase order is missing"),
    Stage.ORDERED: gettext_lazy("The purchase order has arrived"),
    Stage.SETTING_UP: gettext_lazy("Being set up"),
    Stage.TO_PAY: gettext_lazy("To be paid by card"),
    Stage.ACTIVE: gettext_lazy("Running"),
    Stage.LATE: gettext_lazy("An invoice is overdue"),
    Stage.OBJECTED: gettext_lazy("Your objection is with us"),
    Stage.READ_ONLY: gettext_lazy("Read-only: an invoice is not paid"),
    Stage.ENDED: gettext_lazy("Ended"),
}


@setting(
    Section.SUBSCRIPTION,
    gettext_lazy("Subscription"),
    order=10,
    effect=gettext_lazy("With it people go on writing once the trial is over. Quote, order and invoices are there."),
    roles=SUBSCRIBE.roles,
    url_name="desk_subscription",
    queries=10,
)
def subscription(request: Request) -> str:
    return str(_NOW[situation_of(request.tenant, at=timezone.now()).stage])
