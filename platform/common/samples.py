"""The page of components (/ops/composants/): each app shows its own in their states, declared in its `samples.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.templatetags.ui import ICONS


@dataclass(frozen=True)
class Section:
    """`template` is a section whose id is `key`; it has what `examples` makes."""

    key: str
    title: Any
    template: str
    order: int
    examples: Callable[[], dict[str, Any]]


sections: list[Section] = []


def shows_components(
    key: str, title: Any, template: str, *, order: int, examples: Callable[[], dict[str, Any]] = dict
) -> None:
    sections.append(Section(key, title, template, order, examples))
    sections.sort(key=lambda each: each.order)


class _SampleForm(forms.Form):
    title = forms.CharField(label="Le titre", max_length=90)
    solution = forms.CharField(
        label="Votre solution",
        help_text="Dites ce qu’il faut faire, où, et avec qui.",
        widget=forms.Textarea({"rows": 3, "minlength": 30, "maxlength": 2000, "data-counter": "30-2000"}),
    )
    capacity = forms.ChoiceField(
        label="Vous êtes ici comme…",
        choices=[("RESIDENT", "habitante ou habitant"), ("ASSOCIATION", "association")],
        required=False,
    )
    stance = forms.ChoiceField(
        label="C’est un argument…",
        choices=[("FOR", "pour"), ("AGAINST", "contre"), ("IMPROVE", "pour améliorer")],
        widget=forms.RadioSelect,
    )
    days = forms.MultipleChoiceField(
        label="Vos jours",
        help_text="Autant que vous voulez.",
        choices=[("1", "lundi"), ("2", "mardi")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agreed = forms.BooleanField(label="J’ai lu la charte", help_text="Elle tient en une page.")


def _signs() -> dict[str, Any]:
    return {"icons": ICONS}


def _forms() -> dict[str, Any]:
    initial = {"title": "Un îlot frais à dix minutes à pied", "stance": "FOR", "agreed": True}
    return {
        "form": _SampleForm(prefix="whole", initial=initial),
        "refused_form": _SampleForm({"solution": ""}, prefix="refused"),
        "empty_form": _SampleForm(prefix="empty", initial={"stance": "FOR"}),
    }


shows_components("signs", _("Signs"), "common/ops/_components_signs.html", order=10, examples=_signs)
shows_components("forms", _("Forms"), "common/ops/_components_forms.html", order=40, examples=_forms)
shows_components("states", _("States"), "common/ops/_components_states.html", order=50)
