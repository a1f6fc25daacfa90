"""All analyses of a city's present consultation, made at once, as its worker makes them."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django_tenants.utils import schema_context

from common.cities import city_named
from consultations.analysis.enums import RunKind, RunState
from consultations.analysis.models import AnalysisRun
from consultations.analysis.services.kinds import KINDS
from consultations.analysis.services.running import ask_for_run, make_run
from consultations.framing.models import Consultation


class Command(BaseCommand):
    help = "Make every analysis of a city's consultation, here and now; the desk shows them as it does the others."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--city", required=True, metavar="SLUG")
        parser.add_argument("--consultation", metavar="SLUG", help="another than the one of its home")
        parser.add_argument("--json", action="store_true", help="print one JSON object, a key by kind")

    def handle(self, *args: Any, **options: Any) -> None:
        city = city_named(options["city"])
        with schema_context(city.schema_name):
            consultation = self._consultation(options["consultation"])
            runs = {kind: _made(consultation, kind) for kind in KINDS}
        if options["json"]:
            self.stdout.write(json.dumps({kind.lower(): _as_json(run) for kind, run in runs.items()}, indent=1))
        else:
            for kind, run in runs.items():
                self.stdout.write(f"{kind.lower()}: {run.state.lower()} {run.failure.lower()}".rstrip())
        if failed := [kind.lower() for kind, run in runs.items() if run.state != RunState.DONE]:
            raise CommandError(f"Not made: {', '.join(failed)}. The log says why.")

    def _consultation(self, slug: str | None) -> Consultation:
        asked = Consultation.objects.filter(slug=slug) if slug else Consultation.objects.filter(is_current=True)
        consultation = asked.first()
        if consultation is None:
            raise CommandError("There is no such consultation.")
        return consultation


def _made(consultation: Consultation, kind: RunKind) -> AnalysisRun:
    run = ask_for_run(consultation=consultation, kind=kind, actor=None, at=timezone.now())
    make_run(run_id=run.pk)
    run.refresh_from_db()
    return run


def _as_json(run: AnalysisRun) -> dict[str, Any]:
    return {"state": run.state, "failure": run.failure, "digest": run.digest, "result": run.result}
