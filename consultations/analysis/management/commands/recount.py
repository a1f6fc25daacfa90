"""Compare the counts of every city with the facts, and mend them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django_tenants.utils import schema_context

from common.cities import city_named
from consultations.analysis.services.figures import count_figures
from consultations.outcomes.services.counting import recount_followers
from consultations.participation.counts import recount
from notifications.services.counting import recount_unread
from tenants.models import Municipality


class Command(BaseCommand):
    help = "Recompute the counts kept in columns; says how many rows were wrong, city by city."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--city", metavar="SLUG", help="one city only")

    def handle(self, *args: Any, **options: Any) -> None:
        for city in [city_named(options["city"])] if options["city"] else Municipality.objects.ready():
            with schema_context(city.schema_name):
                wrong = recount() + recount_unread() + recount_followers() + count_figures(at=timezone.now())
                self.stdout.write(f"{city.slug}: {wrong}")
