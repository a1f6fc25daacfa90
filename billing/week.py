"""What the week asks of what the city buys (common.worklist)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from billing.abilities import SUBSCRIBE
from billing.documents.amounts import printed
from billing.models import Account
from billing.services.standing import stops_on, unpaid
from common.templatetags.ui import full_day
from common.worklist import Asked, Line, When, lines


@lines(queries=3)
def overdue(asked: Asked) -> Iterator[Line]:
    """Each invoice whose term is over, until it is paid or the city has said why not."""
    with schema_context("public"):
        account = Account.objects.select_related("municipality").filter(municipality=asked.city.pk).first()
        owed = [] if account is None or account.is_objected else unpaid(account, on=asked.city.day_of(asked.at))
        found = [(each, stops_on(each)) for each in owed]
    for invoice, day in found:
        told = [_("Its thirty days ended on %(day)s.") % {"day": full_day(invoice.due_on)}]
        if day is not None:
            told += [_("Unpaid, the platform is read-only from %(day)s on at the earliest.") % {"day": full_day(day)}]
        yield Line(
            kind="billing.overdue",
            subject=str(invoice.pk),
            title=_("Invoice %(number)s is overdue: %(left)s")
            % {"number": invoice.number, "left": printed(invoice.left_cents - invoice.lying_cents)},
            about=" ".join(told),
            why=_("Your accountant has it by e-mail and on Chorus Pro. If you do not agree, say so there."),
            minutes=10,
            roles=SUBSCRIBE.in_team,
            url=reverse("desk_subscription"),
            verb=_("See the invoice"),
            when=When.TODAY if day is not None else When.WEEK,
        )
