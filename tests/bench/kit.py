"""The mobilisation kit: a poster, as it is asked for at the desk, and two hundred numbered sheets by their tasks.

Against an empty document. Goals: a poster under a second, warm; sheets in tasks that somebody can follow.
"""

import resource
import time
from io import StringIO
from typing import Any

from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone
from django_tenants.utils import schema_context

from common import typeset
from consultations.framing.selectors import every_consultation
from consultations.kit.enums import Variant
from consultations.kit.models import SheetPart
from consultations.kit.selectors.files import FILES, file_of
from consultations.kit.selectors.pictures import PICTURES, picture_of
from consultations.kit.services.sheets import A_PART, ask_for_sheets, make_part
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.bench.moderation import _middle_and_worst, _time

ROUNDS, SHEETS = 15, 200


def run() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("prepare", stderr=StringIO())
    quiet = {"stdout": StringIO(), "stderr": StringIO()}
    call_command("provision", authority="01006", name="Banc", slug="banc-kit", admin="a@example.org", **quiet)
    city = Municipality.objects.get(slug="banc-kit")
    with schema_context(city.schema_name):
        consultation = every_consultation().get(is_current=True)
        empty = b'#set document(title: "Vide")'
        _say("baseline: an empty document", lambda: typeset.pdf(empty, {}))
        anew = {
            file.name: _say(f"{file.name}, made anew", lambda file=file: _anew(file, consultation, city))
            for file in FILES.values()
        }
        poster = FILES["affiche-a3"]
        _say("affiche-a3, kept (goal: 1,000 ms)", lambda: file_of(poster, consultation, city, variant=Variant.OFFICE))
        story = PICTURES["story"]
        _say("picture of a story, kept", lambda: picture_of(story, consultation, city))
        _sheets(consultation, anew["formulaire-a4"])


def _anew(file: Any, consultation: Any, city: Any) -> None:
    cache.clear()
    file_of(file, consultation, city, variant=Variant.OFFICE)


def _say(what: str, do: Any) -> float:
    do()
    middle, worst = _middle_and_worst(tuple(_time(do) for _number in range(ROUNDS)))
    print(f"  {what:38} median {middle:7.1f} ms   p95 {worst:7.1f} ms")
    return middle


def _sheets(consultation: Any, alone: float) -> None:
    """Numbers and receipts included; the memory is that of this process, at its highest, before and after."""
    run = ask_for_sheets(consultation=consultation, count=SHEETS, after=0, by=UserFactory(), at=timezone.now())
    before, begun = _memory(), time.perf_counter()
    for first in range(run.first, run.last + 1, A_PART):
        make_part(run_id=run.pk, first=first)
    taken = time.perf_counter() - begun
    size = sum(len(each) for each in SheetPart.objects.values_list("content", flat=True))
    each = taken * 1000 / SHEETS
    print(
        f"  {SHEETS} sheets with their receipts in {SHEETS // A_PART} parts: {taken:.1f} s, {size / 1024:.0f} kB; a part"
        f" {taken * A_PART / SHEETS:.2f} s; a sheet {each:.1f} ms, {each / alone:.2f}× one form alone;"
        f" {_memory() - before:+.0f} MB of {_memory():.0f}"
    )


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
