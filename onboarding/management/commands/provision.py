"""Make a city's platform now: `provision --authority 45302 --name Saran --slug saran --admin maire@saran.example`."""

import json
import time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from consultations.library.models import ChallengeSet
from consultations.library.selectors import DEFAULT_SET, latest_set
from onboarding.enums import RunState
from onboarding.models import Authority, ProvisioningRun
from onboarding.names import NameRefused, check_authority_name
from onboarding.provisioning import advance
from onboarding.services.runs import ask_for_platform
from tenants.enums import AuthorityKind
from tenants.models import DEFAULT_COLOUR, WantedCity, validate_colour
from tenants.slugs import slug_problem


class Command(BaseCommand):
    help = "Provision a platform in this process, as an operator (the authority counts as verified)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--authority", default="", metavar="CODE", help="INSEE code, or SIREN of a group")
        parser.add_argument("--name", required=True)
        parser.add_argument("--slug", required=True, help="address: <slug>.<public host>")
        parser.add_argument("--admin", required=True, metavar="EMAIL", help="first administrator, invited by mail")
        parser.add_argument(
            "--kind", choices=AuthorityKind.values, help="where a department and a region have the same code"
        )
        parser.add_argument("--set", default=DEFAULT_SET, dest="challenge_set", help="challenge set to start from")
        parser.add_argument("--colour", default=DEFAULT_COLOUR, help="such as #1d4a41")
        parser.add_argument("--json", action="store_true", help="print one JSON object, progress on standard error")

    def handle(self, *args: Any, **options: Any) -> None:
        self._check(options)
        started = time.perf_counter()
        run: ProvisioningRun | None = ask_for_platform(
            self._wanted(options),
            challenge_set=options["challenge_set"],
            admin_email=options["admin"],
            verified=True,
            dispatched=False,
        )
        run = advance(run.pk) if run else None
        if run is None or run.state != RunState.DONE or run.municipality is None:
            raise CommandError(str(run.problem) if run else "Another worker took this run.")
        seconds = time.perf_counter() - started
        steps = {record.step.lower(): record.seconds for record in run.steps.all()}
        for step, taken in steps.items():
            self.stderr.write(f"  {step}: {taken:.2f} s")
        city = run.municipality
        result = {"schema": city.schema_name, "url": city.url, "seconds": round(seconds, 3), "steps": steps}
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            self.stdout.write(f"{city.name}: {city.url} ({city.schema_name}) in {seconds:.2f} s")

    def _wanted(self, options: dict[str, Any]) -> WantedCity:
        """With what the directory has on the authority."""
        authority = self._authority(code=options["authority"], kind=options["kind"])
        return WantedCity(
            authority_name=options["name"].strip(),
            kind=authority.kind,
            authority_code=authority.code,
            slug=options["slug"],
            siren=authority.siren,
            department_code=authority.department_code,
            population=authority.population,
            colour=options["colour"],
        )

    def _authority(self, *, code: str, kind: str | None) -> Authority:
        """The directory's; its kind follows from its code. One that is not there has only what was typed."""
        found = (
            list(Authority.objects.filter(code=code, kind__in=[kind] if kind else AuthorityKind.values)) if code else []
        )
        if len(found) > 1:
            raise CommandError("A department and a region have this code: say which with --kind.")
        if code and not found:
            self.stderr.write(
                "Nothing in the directory has this code: SIREN, department and population stay unknown, and what"
                " depends on them (price, time zone) may be wrong. `find_authority NAME` prints the codes."
            )
        return found[0] if found else Authority(kind=kind or AuthorityKind.COMMUNE, code=code)

    def _check(self, options: dict[str, Any]) -> None:
        problem = slug_problem(options["slug"])
        if problem:
            raise CommandError(problem)
        try:
            validate_colour(options["colour"])
            latest_set(options["challenge_set"])
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        except ChallengeSet.DoesNotExist as refused:
            raise CommandError(f"No challenge set is called « {options['challenge_set']} ».") from refused
        try:
            check_authority_name(options["name"].strip())
            ProvisioningRun._meta.get_field("authority_code").clean(options["authority"], None)
            ProvisioningRun._meta.get_field("admin_email").clean(options["admin"].strip(), None)
        except NameRefused as refused:
            raise CommandError(f"--name: {refused.message}") from refused
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
