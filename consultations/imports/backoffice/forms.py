"""What the team sends and says of an import."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from common.dates import MomentField
from common.files import MAX_FILE_BYTES
from common.pictures import BoundedField
from common.text import Words
from consultations.imports.matching import FIELDS
from consultations.imports.models import Import
from consultations.imports.reading import Said, formats
from consultations.imports.rows import ENCODINGS

_TOO_HEAVY = _("This file weighs more than 20 MB. Cut it into several, or save it as .xlsx, which is lighter.")
_ANSWERS = {"required": _("Choose one of the answers."), "invalid_choice": _("Choose one of the answers.")}


def _platforms() -> list[tuple[str, Any]]:
    return [(each.key, each.label) for each in formats().values()]


class ImportFileField(BoundedField):
    """A table of another platform: what it is, a worker says."""

    heaviest, too_heavy = MAX_FILE_BYTES, _TOO_HEAVY

    def clean(self, data: Any, initial: Any = None) -> Any:
        sent = super().clean(data, initial)
        if sent and sent.size > self.heaviest:
            raise forms.ValidationError(self.too_heavy, code="file")
        return sent


class FilesForm(forms.Form):
    format = forms.ChoiceField(
        label=_("Where does it come from?"),
        choices=lazy(_platforms, list),
        widget=forms.RadioSelect,
        error_messages=_ANSWERS,
    )
    first = ImportFileField(
        label=_("File"),
        help_text=_("CSV or Excel (.xlsx), 20 MB at most. Of Decidim and Consul: the proposals."),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty. Choose another one.")},
    )
    second = ImportFileField(
        label=_("Second file, if there is one"),
        help_text=_("Of Decidim and Consul: the comments."),
        required=False,
        error_messages={"empty": _("This file is empty. Choose another one.")},
    )

    def sent(self) -> list[tuple[str, Any]]:
        both = [self.cleaned_data["first"], self.cleaned_data["second"]]
        return [(each.name, each) for each in both if each]


class SaidForm(forms.Form):
    """What the files do not say. Only what matters for these files is there."""

    title = Words(3, 120, one_line=True).field(label=_("Title of the consultation"))
    source = forms.CharField(
        label=_("Where it was held"),
        required=False,
        max_length=300,
        help_text=_("For instance the address of the other platform: it is shown below the introduction."),
    )
    opens_at = MomentField(
        label=_("It began on"), widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    closes_at = MomentField(
        label=_("It ended on"), widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, found: Import) -> None:
        self.found = found
        self.kept = Said(**found.said)
        super().__init__(data, initial=self._initial())
        names = list(dict.fromkeys(name for each in self._files for name in each["columns"]))
        if found.format == "spreadsheet":
            for key, label in FIELDS.items():
                self._choice(f"column_{key}", label, names, needed=key == "body", none=_("In no column"))
        elif found.format != "jsonl":
            # Those of comments are in no proposal.
            names = [each for each in names if any(each in columns for columns in self._of_proposals)]
            self._choice(
                "challenge", _("Column whose values become the challenges"), names, none=_("One challenge for all")
            )
        asked = found.result.get("questions", {})
        if "neutral" in asked or self.kept.neutral:
            self._radio(
                "neutral",
                _("Comments that took no side"),
                [
                    ("improve", _("Take them as arguments “to improve”")),
                    ("skip", _("Leave them out, with their answers")),
                ],
            )
        if "order" in asked or self.kept.order:
            self._radio("order", _("03/04/2024 is"), [("day", _("the 3rd of April")), ("month", _("the 4th of March"))])
        if "serial" in asked or self.kept.serial:
            self._radio(
                "serial",
                _("Numbers in the column of days, such as 45352"),
                [("yes", _("are days of the spreadsheet")), ("", _("are mistakes: leave these lines out"))],
            )
        for place, each in enumerate(self._files):
            if each["encoding"]:
                named = _("Encoding of %(file)s") % {"file": each["name"]}
                self._choice(f"encoding_{place}", named, list(ENCODINGS), words=list(ENCODINGS.values()), needed=True)

    @property
    def _files(self) -> list[dict[str, Any]]:
        files: list[dict[str, Any]] = self.found.result.get("files", [])
        return files

    @property
    def _of_proposals(self) -> list[list[str]]:
        return [each["columns"] for each in self._files if "commentable_id" not in each["columns"]]

    def _initial(self) -> dict[str, Any]:
        kept, result = asdict(self.kept), self.found.result
        initial = {name: kept[name] for name in ("title", "source", "challenge", "neutral", "order", "serial")}
        initial["opens_at"] = kept["opens_at"][:16] or (result.get("first") and f"{result['first']}T00:00")
        initial["closes_at"] = kept["closes_at"][:16] or (result.get("last") and f"{result['last']}T23:59")
        initial |= {f"column_{name}": column for name, column in kept["columns"].items()}
        initial |= {f"encoding_{place}": each["encoding"] for place, each in enumerate(self._files)}
        return {**initial, "revision": self.found.revision}

    def _choice(
        self,
        name: str,
        label: Any,
        values: list[str],
        *,
        words: list[str] | None = None,
        needed: bool = False,
        none: Any = "",
    ) -> None:
        choices = [*([] if needed and words else [("", none)]), *zip(values, words or values, strict=True)]
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=needed, error_messages=_ANSWERS)

    def _radio(self, name: str, label: Any, choices: list[tuple[str, Any]]) -> None:
        needed = all(value for value, _words in choices)
        self.fields[name] = forms.ChoiceField(
            label=label, choices=choices, required=needed, widget=forms.RadioSelect, error_messages=_ANSWERS
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if (opens := data.get("opens_at")) and (closes := data.get("closes_at")) and closes <= opens:
            self.add_error("closes_at", _("It ended before it began: look at both days."))
        chosen = [value for name, value in data.items() if name.startswith("column_") and value]
        if len(set(chosen)) < len(chosen):
            self.add_error(None, _("A column stands for one thing only: one is chosen twice."))
        return data

    def given(self) -> Said:
        data = self.cleaned_data
        return Said(
            title=data["title"],
            source=data["source"],
            opens_at=data["opens_at"].isoformat(),
            closes_at=data["closes_at"].isoformat(),
            challenge=data.get("challenge", "") or "-",
            columns={name: data[f"column_{name}"] for name in FIELDS if data.get(f"column_{name}")},
            encodings={each["name"]: data[f"encoding_{n}"] for n, each in enumerate(self._files) if each["encoding"]},
            neutral=data.get("neutral", ""),
            order=data.get("order", ""),
            serial=data.get("serial", ""),
        )
