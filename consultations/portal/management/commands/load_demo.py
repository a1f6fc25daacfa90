"""The demonstration city: provisioned if it is not there, filled if it is empty."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from consultations.portal.demo import fill
from tenants.enums import LifecycleState, Transition
from tenants.lifecycle import change_state
from tenants.models import Municipality

ADMINISTRATOR = "mairie@saran.example"


class Command(BaseCommand):
    help = "Provision Saran and fill it with an invented consultation. May be run again: it then changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--billing", action="store_true", help="have it buy its subscription, from the fake Stripe")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = settings.DEMO_SLUG
        if not Municipality.objects.ready().filter(slug=slug).exists():
            call_command(
                "provision",
                authority="45302",
                name="Saran",
                slug=slug,
                admin=ADMINISTRATOR,
                colour="#f2a71b",
                stdout=self.stderr,
            )
        city = Municipality.objects.get(slug=slug)
        if city.state == LifecycleState.TRIAL:  # which would end
            reason = _("A demonstration has no end.")
            change_state(
                municipality=city, transition=Transition.ACTIVATE, actor=None, reason=reason, at=timezone.now()
            )
        with schema_context(city.schema_name):
            filled = fill(municipality=city, at=timezone.now())
        self.stderr.write(f"  {city.name}: " + ("consultation written" if filled else "already filled, left as it is"))
        if options["billing"]:
            call_command("load_demo_billing", stderr=self.stderr)
