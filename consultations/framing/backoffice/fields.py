"""Lists that are typed one a line."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.text import WordsField

_MAX_LINES, _MAX_IN_A_LINE = 12, 300


class LinesField(WordsField):
    """A list of sentences, one a line; empty lines are left out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(rows=kwargs.pop("rows", 5), maximum=_MAX_LINES * _MAX_IN_A_LINE, required=False, **kwargs)
        # A counter would speak of the whole: what is limited is each line.
        self.widget.attrs.pop("data-counter", None)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [line for line in str(super().clean(value)).split("\n") if line]
        if len(lines) > _MAX_LINES:
            raise ValidationError(_("Twelve lines at most: choose what matters."), code="too_many")
        for number, line in enumerate(lines, start=1):
            if len(line) > _MAX_IN_A_LINE:
                raise ValidationError(
                    _("Line %(number)s is too long: 300 characters at most."),
                    code="line_too_long",
                    params={"number": number},
                )
        return self.read(lines)

    def read(self, lines: list[str]) -> list[Any]:
        return lines


class FiguresField(LinesField):
    """Figures of the place, one a line: the value, a bar, what it counts, a bar, where it comes from."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(
                " | ".join(filter(None, (each["value"], each["label"], each.get("source")))) for each in value
            )
        return value

    def read(self, lines: list[str]) -> list[Any]:
        figures = []
        for number, line in enumerate(lines, start=1):
            value, label, source = ([part.strip() for part in line.split("|", 2)] + ["", ""])[:3]
            if not (value and label) or len(value) > 20:
                raise ValidationError(
                    _("Line %(number)s: write the figure, a vertical bar, then what it counts. 17,316 | inhabitants"),
                    code="not_a_figure",
                    params={"number": number},
                )
            if not source:
                raise ValidationError(
                    _("Line %(number)s: add a bar and where the figure comes from. 17,316 | inhabitants | Insee, 2023"),
                    code="no_source",
                    params={"number": number},
                )
            figures.append({"value": value, "label": label, "source": source})
        return figures
