"""The population of the territory, and what the city chooses for its figures."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from common.meanwhile import ChangedMeanwhile
from common.refusals import Refusal
from common.templatetags.ui import figure
from consultations.analysis.models import Dashboard, Population
from consultations.analysis.selectors.moments import read_moments
from consultations.framing.models import Consultation

_SAID = ("source", "year", "whom", "total", "ages", "places")


class DoesNotAddUp(Refusal):
    """`part`: "ages" or "places"."""

    code = "population_does_not_add_up"
    status = 422

    def __init__(self, part: str, found: int, total: int) -> None:
        more = {"found": figure(found), "total": figure(total), "gap": figure(abs(total - found))}
        parts = {
            "ages": _("The ages make %(found)s inhabitants, and the total says %(total)s: %(gap)s too many."),
            "places": _(
                "The neighbourhoods make %(found)s inhabitants, and the total says %(total)s: %(gap)s too many."
            ),
        }
        if found < total:
            parts = {
                "ages": _("The ages make %(found)s inhabitants, and the total says %(total)s: %(gap)s are missing."),
                "places": _(
                    "The neighbourhoods make %(found)s inhabitants, and the total says %(total)s: %(gap)s are missing."
                ),
            }
        super().__init__(parts[part] % more)
        self.part = part


def check_sums(*, total: int, ages: Mapping[str, int], places: Mapping[str, int]) -> None:
    """Each breakdown is of the whole. Raises DoesNotAddUp."""
    for part, counts in (("ages", ages), ("places", places)):
        if counts and sum(counts.values()) != total:
            raise DoesNotAddUp(part, sum(counts.values()), total)


def enter_population(*, actor: User | None, revision: int, at: datetime, **said: Any) -> Population:
    """Keep what was typed or imported. The same again: nothing happens. Raises DoesNotAddUp, ChangedMeanwhile."""
    check_sums(total=said["total"], ages=said["ages"], places=said["places"])
    with transaction.atomic():
        kept = Population.objects.select_for_update(no_key=True).first() or Population()
        if all(getattr(kept, name) == said[name] for name in _SAID) and kept.revision:
            return kept
        if kept.revision != revision:
            raise ChangedMeanwhile(kept)
        for name in _SAID:
            setattr(kept, name, said[name])
        kept.revision, kept.updated_at = kept.revision + 1, at
        kept.save()
        record("population_entered", actor=actor, source=kept.source, year=kept.year, total=kept.total)
    return kept


def set_dashboard(
    *,
    consultation: Consultation,
    actor: User | None,
    is_public: bool,
    effort: str,
    revision: int,
    at: datetime,
    moments: str = "",
) -> Dashboard:
    """Choose who reads the figures, and what they say of what was done. Raises ChangedMeanwhile, NotRead."""
    read_moments(moments)
    with transaction.atomic():
        found = Dashboard.objects.select_for_update(no_key=True).filter(consultation=consultation).first()
        kept = found or Dashboard(consultation=consultation)
        if (kept.is_public, kept.effort, kept.moments) == (is_public, effort, moments):
            return kept
        if kept.revision != revision:
            raise ChangedMeanwhile(kept)
        kept.is_public, kept.effort, kept.moments, kept.updated_at = is_public, effort, moments, at
        kept.revision += 1
        kept.save()
        record("dashboard_set", actor=actor, subject=consultation, public=is_public)
    return kept
