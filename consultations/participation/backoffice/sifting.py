"""The form that narrows the list of contributions: its values stand in the address, and views keep them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import Capacity
from accounts.models import User
from accounts.neighbourhoods import key_of_place, listed_neighbourhoods
from common.dates import DayField
from common.text import WordsField
from consultations.framing.models import Challenge, Consultation
from consultations.participation.enums import Awaited, Channel, ContributionKind, Stage, Status
from consultations.participation.models import Proposal
from consultations.participation.registry import list_filters
from consultations.participation.selectors.columns import COLUMNS, USUAL, known_columns
from consultations.participation.selectors.contributions import (
    MOST_OPINIONS,
    NEWEST,
    OLDEST,
    Sift,
    challenges_moderated_by,
)
from consultations.participation.selectors.places import ELSEWHERE

SORT_WORDS = {
    NEWEST: _("the newest first"),
    OLDEST: _("the oldest first"),
    MOST_OPINIONS: _("most opinions first"),
}
_GONE = {
    "consultation": _("That consultation no longer exists: the list is shown without this filter."),
    "defi": _("That challenge no longer exists: the list is shown without this filter."),
    "quartier": _("That neighbourhood is not in the list of the city: the list is shown without this filter."),
}
_EACH = pgettext_lazy("consultations, stages, capacities", "All")
_UNKNOWN = _("There is no such filter: the list is shown without it.")


def _choice(name: str, label: Any, everything: Any, choices: Any = ()) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[("", everything), *choices],
        required=False,
        error_messages={"invalid_choice": _GONE.get(name, _UNKNOWN)},
    )


def _day(label: Any) -> DayField:
    return DayField(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}))


@dataclass(frozen=True)
class Active:
    """A filter that is on: its words, and the address of the list without it."""

    words: str
    without: str


class SiftForm(forms.Form):
    """What is odd in an address is said at its field; the rest is shown."""

    q = WordsField(label=_("Words or public name"), maximum=100, required=False)
    quoi = _choice("quoi", _("What"), _("Everything"), ContributionKind.choices)
    consultation = _choice("consultation", _("Consultation"), _EACH)
    defi = _choice("defi", _("Challenge"), _("All"))
    etat = _choice("etat", pgettext_lazy("of a text", "State"), _("All"), Status.choices)
    attend = _choice("attend", _("Still waits for"), _("Whatever it waits for"), Awaited.choices)
    etape = _choice("etape", _("Stage"), _EACH, Stage.choices)
    qualite = _choice("qualite", pgettext_lazy("of whoever wrote", "Capacity"), _EACH, Capacity.choices)
    quartier = _choice("quartier", _("Neighbourhood"), _("All"))
    canal = _choice("canal", _("How it came"), _("All"), Channel.choices)
    du = _day(_("Received from"))
    au = _day(_("Until and with"))
    colonnes = forms.MultipleChoiceField(
        label=_("Columns"),
        choices=[(each.key, each.label) for each in COLUMNS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("There is no such column: the list is shown without it.")},
    )
    tri = forms.ChoiceField(choices=list(SORT_WORDS.items()), required=False, widget=forms.HiddenInput)

    MAIN = ("consultation", "quoi", "defi", "etat")
    SHAPE = ("colonnes", "tri")  # what narrows nothing

    def __init__(self, asked: QueryDict) -> None:
        super().__init__(asked, auto_id="filtre_%s")
        self.columns = known_columns(asked.getlist("colonnes"))
        self.consultations = {each.slug: each for each in Consultation.objects.order_by("-created_at", "-pk")}
        self.challenges = {each.slug: each for each in _challenges()}
        self.places = listed_neighbourhoods()
        offered = self.fields
        offered["consultation"].choices = [("", _EACH), *((s, c.title) for s, c in self.consultations.items())]  # type: ignore[attr-defined]
        offered["defi"].choices = [("", _("All")), *self._offered_challenges()]  # type: ignore[attr-defined]
        elsewhere = [(ELSEWHERE, _("Elsewhere, or not said"))] if self.places else []
        offered["quartier"].choices = [("", _("All")), *self.places.items(), *elsewhere]  # type: ignore[attr-defined]
        for each in list_filters:
            self.fields[each.name] = _choice(each.name, each.label, _EACH, each.choices)
        if not self.places and not self.data.get("quartier"):
            del self.fields["quartier"]
        if len(self.consultations) < 2 and not self.data.get("consultation"):
            del self.fields["consultation"]

    def _offered_challenges(self) -> list[Any]:
        """By consultation, where there are several."""
        found: dict[str, list[tuple[str, str]]] = {}
        for slug, each in self.challenges.items():
            found.setdefault(each.consultation.title, []).append((slug, each.label))
        return [pair for group in found.values() for pair in group] if len(found) < 2 else list(found.items())

    def words_field(self) -> Any:
        return self["q"]

    def main_fields(self) -> list[Any]:
        return [self[name] for name in self.MAIN if name in self.fields]

    def other_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name not in (*self.MAIN, "q", *self.SHAPE)]

    def narrowed_to(self) -> Consultation | None:
        """The one that the list is narrowed to."""
        return self.consultations.get(self.cleaned_data.get("consultation", ""))

    def has_several(self) -> bool:
        return "consultation" in self.fields

    def without_consultation(self) -> str:
        return self.asked(without="consultation")

    def column_choices(self) -> list[tuple[str, Any, bool]]:
        """Each column, and whether the page shows it."""
        return [(each.key, each.label, each.key in (self.columns or USUAL)) for each in COLUMNS]

    def is_unfolded(self) -> bool:
        """Whether one of the folded fields says something."""
        return any(field.errors or self.cleaned_data.get(field.name) for field in self.other_fields())

    def sift(self, *, user: User) -> Sift:
        """What is asked for. Two queries at most."""
        self.is_valid()
        given = self.cleaned_data
        here = timezone.get_current_timezone()
        since, until = given.get("du"), given.get("au")
        return Sift(
            words=given.get("q", ""),
            kind=given.get("quoi", ""),
            challenges=self._challenges_of(given),
            stage=given.get("etape", ""),
            state=given.get("etat", ""),
            capacity=given.get("qualite", ""),
            spellings=self._spellings(given.get("quartier", "")),
            channel=given.get("canal", ""),
            awaited=given.get("attend", ""),
            since=datetime.combine(since, time.min, tzinfo=here) if since else None,
            until=datetime.combine(until + timedelta(days=1), time.min, tzinfo=here) if until else None,
            more=tuple((each, given[each.name]) for each in list_filters if given.get(each.name)),
            sort=given.get("tri") or NEWEST,
            reads_in=challenges_moderated_by(user),
        )

    def challenges_of_consultation(self) -> tuple[int, ...] | None:
        """What narrows a list to the consultation alone; None where it is not narrowed to one."""
        return self._challenges_of({"consultation": self.cleaned_data.get("consultation")})

    def _challenges_of(self, given: dict[str, Any]) -> tuple[int, ...] | None:
        if not given.get("consultation") and not given.get("defi"):
            return None
        wanted = self.consultations.get(given.get("consultation", ""))
        return tuple(
            each.pk
            for slug, each in self.challenges.items()
            if slug == (given.get("defi") or slug) and (wanted is None or each.consultation_id == wanted.pk)
        )

    def _spellings(self, place: str) -> tuple[str, ...] | None:
        if not place:
            return None
        written = Proposal.objects.order_by("neighbourhood").values_list("neighbourhood", flat=True).distinct()
        keys = ((words, key_of_place(words)) for words in written)
        return tuple(words for words, key in keys if (key if key in self.places else ELSEWHERE) == place)

    def active(self) -> list[Active]:
        """The filters that are on, each with the way to take it off."""
        return list(self._active())

    def _active(self) -> Iterator[Active]:
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if value and name not in self.SHAPE:
                yield Active(self._said(name, field, value), f"?{self.asked(without=name)}")

    def _said(self, name: str, field: forms.Field, value: Any) -> str:
        if name == "q":
            return f"«\u00a0{value}\u00a0»"
        words = value.strftime("%d/%m/%Y") if isinstance(field, DayField) else _words_of(field, value)
        return f"{field.label}\u00a0: {words}"

    def asked(self, *, without: str = "", **more: str) -> str:
        """What is asked for, as an address says it: only what means something, always in the same order."""
        found = QueryDict(mutable=True)
        for name in self.fields:
            value = self.cleaned_data.get(name)
            if name == "colonnes":
                found.setlist(name, list(self.columns))
            elif value and name != without:
                found[name] = value.isoformat() if hasattr(value, "isoformat") else str(value)
        found.update(more)
        return found.urlencode()


def _words_of(field: forms.Field, value: str) -> str:
    """Of a choice, within its group or not."""
    for code, words in field.choices:  # type: ignore[attr-defined]
        inner = words if isinstance(words, list | tuple) else [(code, words)]
        for each, said in inner:
            if str(each) == value:
                return str(said)
    return value


def _challenges() -> Any:
    found = Challenge.objects.select_related("consultation").only(
        "slug", "label", "consultation__title", "consultation__slug"
    )
    return found.order_by("-consultation__created_at", "-consultation__pk", "position", "pk")
