"""For whoever lost their second factor and whom nobody can help from a page: an operator, a resident."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import schema_context

from accounts.factors import give_way_back
from accounts.selectors import person_of
from common.cities import city_named


class Command(BaseCommand):
    help = "Remove the second factor of a person, sign them out everywhere and tell them by mail. It is recorded."

    def add_arguments(self, parser: CommandParser) -> None:
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--city", metavar="SLUG", help="the city of the account")
        where.add_argument("--ops", action="store_true", help="an operator")
        parser.add_argument("--email", required=True)
        parser.add_argument("--reason", required=True, help="why, and how it is known that it is them")

    def handle(self, *args: Any, **options: Any) -> None:
        city = None
        if options["city"]:
            city = city_named(options["city"], ready=False)
        with schema_context(city.schema_name if city else "public"):
            user = person_of(options["email"])
            if user is None:
                raise CommandError("Nobody there has this address.")
            give_way_back(user=user, actor=None, city=city, reason=options["reason"])
        self.stdout.write("Done: they come in with the code sent by e-mail, and set up a new second factor.")
