"""A one-time sign-in link, for support and for tests: `login_link --city saran --email someone@example.org`."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.urls import reverse
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.enums import Role
from accounts.services import appoint, find_or_create_user, issue_sign_in_link
from common.cities import city_named


class Command(BaseCommand):
    help = (
        "Print a one-time link that signs a person in. An unknown address becomes a participant of the city, "
        "or with --ops an operator. Whoever has a second factor is asked for it (but in development)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--city", metavar="SLUG", help="the city to enter")
        where.add_argument("--ops", action="store_true", help="the operators' side")
        parser.add_argument("--email", required=True)
        parser.add_argument("--minutes", type=int, default=15, help="how long it can be used (15)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        schema, base = "public", settings.PUBLIC_BASE_URL + "/"
        if options["city"]:
            city = city_named(options["city"], ready=False)
            schema, base = city.schema_name, city.url
        with schema_context(schema):
            if options["ops"]:
                user = appoint(email=options["email"], role=Role.OPERATOR, actor=None)
            else:
                user = find_or_create_user(email=options["email"])
            record("sign_in_link_made", actor=None, subject=user)
            token = issue_sign_in_link(user=user, from_shell=True, lifetime=timedelta(minutes=options["minutes"]))
        urlconf = settings.PUBLIC_SCHEMA_URLCONF if options["ops"] else settings.ROOT_URLCONF
        url = base.rstrip("/") + reverse("sign_in_link", args=[token], urlconf=urlconf)
        self.stdout.write(json.dumps({"url": url, "user": user.pk, "role": user.role}) if options["json"] else url)
