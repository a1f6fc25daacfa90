"""A person's rights, exercised for them: `personal_data --city saran --email x@example.org --export copy.zip`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts import erasure, own_copy
from accounts.models import User
from accounts.selectors import person_of
from common.cities import city_named


class Command(BaseCommand):
    help = (
        "Write a copy of all that a city holds about a person, or erase them. For requests that came by letter: make "
        "sure first that it is the person who asks. It works in every state of a city, and is noted in its trail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--city", metavar="SLUG", required=True)
        parser.add_argument("--email", required=True, help="the address of their account")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--export", metavar="FILE.zip", help="write their copy there; never over a file")
        what.add_argument("--erase", action="store_true", help="delete the account; asks before it does")
        parser.add_argument("--with-texts", action="store_true", help="what they published goes too")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["with_texts"] and not options["erase"]:
            raise CommandError("--with-texts belongs to --erase.")
        city = city_named(options["city"], ready=False)
        with schema_context(city.schema_name):
            user = person_of(options["email"])
            if user is None:
                raise CommandError("Nobody there has this address.")
            if options["export"]:
                self._export(user, city, Path(options["export"]))
            else:
                self._erase(user, with_texts=options["with_texts"], ask=not options["yes"])

    def _export(self, user: User, city: Any, target: Path) -> None:
        try:
            with target.open("xb") as file:
                target.chmod(0o600)
                own_copy.write_copy(user=user, city=city, target=file, at=timezone.now(), by_support=True)
        except FileExistsError as there:
            raise CommandError(f"{target} is there already.") from there
        self.stdout.write(f"{target}: all that is held about account {user.pk}")

    def _erase(self, user: User, *, with_texts: bool, ask: bool) -> None:
        self.stdout.write(f"Account {user.pk} ({user.get_role_display()}), made on {user.created_at:%Y-%m-%d}:")
        for file in own_copy.files_about(user):
            self.stdout.write(f"  {file.title}: {len(file.rows)}")
        self.stdout.write("Their texts go too." if with_texts else "Their texts stay, without their name.")
        if ask and input("There is no way back. Type « erase » to do it: ").strip() != "erase":
            raise CommandError("Nothing was done.")
        try:
            erasure.ask_erasure(user=user, with_texts=with_texts, at=timezone.now(), by_support=True)
        except erasure.LastAdministratorLeaves as refusal:
            raise CommandError(str(refusal.message)) from refusal
        # At once, and where it was asked for before and given up. What still waits finds nobody any more.
        erasure.erase(user_id=user.pk, with_texts=with_texts)
        self.stdout.write("Erased.")
