"""A campaign tried on whoever writes it: the message as others will have it, to their own address."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from accounts.tasks import send_mail
from common.city import present_city
from common.outbox import enqueue
from consultations.animation.models import Campaign
from consultations.animation.services.composing import composed, for_person


def try_on_oneself(*, campaign: Campaign, by: User, at: datetime) -> None:
    """Its link stops nothing: it leads to their own choices."""
    city = present_city()
    made = composed(campaign, city=city)
    body, html = for_person(made, public_name=by.public_name, link=made.base + reverse("mail_preferences"))
    with transaction.atomic():
        record("campaign_tried", actor=by, subject=campaign)
        enqueue(
            send_mail,
            is_awaited=True,
            to=by.email,
            subject=_("[Trial] %(subject)s") % {"subject": made.subject},
            body=body,
            html=html,
            sender=made.sender,
            headers={"Auto-Submitted": "auto-generated"},
        )
