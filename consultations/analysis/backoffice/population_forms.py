"""What the city says of its population, typed or read from a table; and what it chooses for its figures."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import AgeBand
from accounts.neighbourhoods import listed_neighbourhoods
from common.pictures import BoundedField
from common.text import WordsField
from consultations.analysis.models import EFFORT_MAX, Population
from consultations.analysis.population_file import FileNotRead, Read, read_table
from consultations.analysis.selectors.moments import NotRead, read_moments
from consultations.analysis.services.population import DoesNotAddUp, check_sums

_FILE_MAX = 200_000
_FILE_TOO_HEAVY = gettext_lazy("A table of the population is lighter than 200 kB: this is another file.")
_FIRST_YEAR, MOMENTS_MAX = 1990, 1500


class InhabitantsField(forms.CharField):
    """A whole number as people type it: 16 320. Gives None where nothing is typed."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(widget=widget, max_length=20, **kwargs)

    def clean(self, value: Any) -> Any:
        typed = "".join(each for each in super().clean(value) if not each.isspace())
        if not typed:
            return None
        if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
            raise ValidationError(_("Write a whole number, such as 16320."), code="no_number")
        return int(typed)


class PopulationForm(forms.Form):
    source = WordsField(
        label=gettext_lazy("Source"),
        help_text=gettext_lazy("Read beside the figures, such as “Insee, recensement de la population”."),
        maximum=120,
    )
    year = forms.IntegerField(
        label=gettext_lazy("Year of these figures"), widget=forms.TextInput({"inputmode": "numeric"})
    )
    whom = WordsField(
        label=gettext_lazy("Who is counted, if not everybody"),
        help_text=gettext_lazy("Such as “12 ans et plus”, where younger children cannot take part."),
        maximum=60,
        required=False,
    )
    total = InhabitantsField(label=gettext_lazy("Inhabitants in all"))
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listed = listed_neighbourhoods()
        for code, label in AgeBand.choices:
            self.fields[f"age_{code}"] = InhabitantsField(label=label, required=False)
        for number, name in enumerate(self.listed.values()):
            self.fields[f"place_{number}"] = InhabitantsField(label=name, required=False)
        if self.listed:
            self.fields["place_else"] = InhabitantsField(label=_("Elsewhere"), required=False)

    @property
    def ages(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("age_")]

    @property
    def places(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("place_")]

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if not _FIRST_YEAR <= year <= timezone.localdate().year:
            said = {"first": _FIRST_YEAR, "last": timezone.localdate().year}
            raise ValidationError(_("A year from %(first)s to %(last)s."), code="year", params=said)
        return year

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["ages"] = self._counts(data, {f"age_{code}": code for code in AgeBand.values})
        keys = {f"place_{number}": key for number, key in enumerate(self.listed)}
        data["places"] = self._counts(data, keys | {"place_else": ""} if keys else {})
        if data.get("total") is not None and not self.errors:
            try:
                check_sums(total=data["total"], ages=data["ages"], places=data["places"])
            except DoesNotAddUp as refusal:
                self.add_error("total", ValidationError(refusal.message, code=refusal.code))
        return data

    @staticmethod
    def _counts(data: dict[str, Any], names: dict[str, str]) -> dict[str, int]:
        """None at all, or a number for each: what is left empty is nobody."""
        typed = {code: data.get(name) for name, code in names.items()}
        return {code: count or 0 for code, count in typed.items()} if any(typed.values()) else {}

    @property
    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("source", "year", "whom", "total", "ages", "places")}


def values_of(kept: Population) -> dict[str, Any]:
    """What is kept, as the form has it."""
    places = {f"place_{number}": kept.places.get(key) for number, key in enumerate(listed_neighbourhoods())}
    return {
        "source": kept.source,
        "year": kept.year,
        "whom": kept.whom,
        "total": kept.total,
        "revision": kept.revision,
        "place_else": kept.places.get(""),
        **{f"age_{code}": kept.ages.get(code) for code in AgeBand.values},
        **places,
    }


def values_read(read: Read) -> dict[str, Any]:
    """What a table says, as the form has it: nothing of what the table says nothing of."""
    total = read.total or sum(read.ages.values()) or sum(read.places.values())
    places = {f"place_{number}": read.places.get(key) for number, key in enumerate(listed_neighbourhoods())}
    found = {"total": total, **{f"age_{code}": read.ages.get(code) for code in AgeBand.values}, **places}
    return {name: value for name, value in found.items() if value is not None}


class TableField(BoundedField):
    """Gives what was read, or None."""

    heaviest, too_heavy = _FILE_MAX, _FILE_TOO_HEAVY

    def clean(self, data: Any, initial: Any = None) -> Any:
        sent = super().clean(data, initial)
        if not sent:
            return None
        if sent.size > self.heaviest:
            raise ValidationError(self.too_heavy, code="file")
        try:
            return read_table(sent.read(), listed=listed_neighbourhoods())
        except FileNotRead as refusal:
            raise ValidationError(str(refusal.message), code=refusal.code) from refusal


class TableForm(forms.Form):
    table = TableField(
        label=gettext_lazy("A table, in Excel or CSV"),
        help_text=gettext_lazy(
            "The first sheet, or a CSV. A line for each age or neighbourhood: its name, then its inhabitants."
        ),
        widget=forms.FileInput({"accept": ".xlsx,.csv,text/csv,text/plain"}),
    )


class DashboardForm(forms.Form):
    is_public = forms.BooleanField(
        label=gettext_lazy("Everybody reads these figures"),
        help_text=gettext_lazy(
            "On the page of the consultation and in its results. Small counts stay hidden there, as here."
        ),
        required=False,
    )
    effort = WordsField(
        label=gettext_lazy("What you do for those who are missing"),
        help_text=gettext_lazy("Read under the comparison with the population. Leave it empty to say nothing."),
        rows=3,
        maximum=EFFORT_MAX,
        required=False,
    )
    moments = WordsField(
        label=gettext_lazy("What brought people"),
        help_text=gettext_lazy(
            "A line for each day, such as “15/09/2026 la lettre arrive dans les boîtes”. Read under the drawing."
        ),
        rows=3,
        maximum=MOMENTS_MAX,
        required=False,
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean_moments(self) -> str:
        text: str = self.cleaned_data["moments"]
        try:
            read_moments(text)
        except NotRead as line:
            words = _(
                "Line %(number)s: write a day, then what happened in a few words, such as “15/09/2026 la lettre”."
            )
            raise ValidationError(words, code="moments", params={"number": line.args[0]}) from line
        return text
