"""Days and moments that people write: they exist, once, in the zone that is in force, and are not beyond reason."""

import re
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from common.templatetags.hours import hour
from common.time_zones import time_here

# Nothing that a platform keeps is older or comes later; near the years 1 and 9999 other zones have no date to show.
FIRST_YEAR, LAST_YEAR = 1990, 2099


# What RFC 3339 takes of ISO 8601, seconds and offset left out or not. `fromisoformat` also reads weeks, and a day alone
# as the midnight with which it begins: somebody may have meant its end.
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)


def read_moment(written: str) -> datetime | None:
    """A day with its hour; None for anything else."""
    try:
        return parse_datetime(written) if _MOMENT.fullmatch(written) else None
    except ValueError:
        return None


def is_reasonable(day: date) -> bool:
    """Of a day or a moment."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def check_reasonable(day: date) -> None:
    """Raises ValidationError, with a sentence, for what is not."""
    if not is_reasonable(day):
        raise ValidationError(
            _("Choose a year between %(first)s and %(last)s."),
            code="beyond_reason",
            params={"first": FIRST_YEAR, "last": LAST_YEAR},
        )


def moment_here(written: datetime) -> datetime:
    """What was written without an offset, as a moment in the present zone; one with an offset stays what it is.

    Raises ValidationError, with a sentence, where clocks skip that time or show it twice, and beyond reason.
    """
    check_reasonable(written)
    if timezone.is_aware(written):
        return written
    zone = timezone.get_current_timezone()
    first, second = written.replace(tzinfo=zone, fold=0), written.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    skipped = first.utcoffset() < second.utcoffset()  # type: ignore[operator]  # both are aware
    raise ValidationError(
        _("Clocks are put forward on %(day)s: %(time)s does not exist. Choose another one.")
        if skipped
        else _("Clocks are put back on %(day)s: %(time)s comes twice. Choose another one."),
        code="skipped" if skipped else "twice",
        params={"day": date_format(written, "j F Y"), "time": hour(written)},
    )


class DayField(forms.DateField):
    def to_python(self, value: Any) -> date | None:
        day: date | None = super().to_python(value)
        if day is not None:
            check_reasonable(day)
        return day


class MomentField(forms.DateTimeField):
    """A day and an hour in the zone that is in force, which is said beside it."""

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        here = time_here()
        self.help_text = f"{self.help_text} {capfirst(here)}.".lstrip() if here else self.help_text
        return super().get_bound_field(form, field_name)

    def to_python(self, value: Any) -> datetime | None:
        if isinstance(value, str):
            value = self._written(value.strip())
        return moment_here(value) if value is not None else None

    def _written(self, value: str) -> datetime | None:
        """As it stands there: DateTimeField would already ask the zone, and say what it finds in few words."""
        if value in self.empty_values:
            return None
        if ":" not in value:  # a day alone
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return read_moment(value) or forms.fields.BaseTemporalField.to_python(self, value)
