"""The city's desk: its neighbourhoods, which people then choose from a list."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.limits import NEIGHBOURHOODS
from accounts.listing import list_neighbourhoods, revision_of_list, uses_of
from accounts.neighbourhoods import NeighbourhoodRefused, check_listed, key_of_place, listed_neighbourhoods
from accounts.permissions import Asks, role_required, signed_in_user
from common.limits import limited_by
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside
from common.text import WordsField, clean_text
from consultations.framing.abilities import SET_UP

_MAX = 100
# Fewer persons could be recognised; *Vos données* promises it.
_FEWEST_PERSONS = 5
_STAY = "-"


class NamesField(WordsField):
    """The names, one a line. Lines are counted as they stand there, empty ones too."""

    def clean(self, value: Any) -> Any:
        super().clean(value)
        lines = [clean_text(line, one_line=True) for line in str(value or "").splitlines()]
        names = [line for line in lines if line]
        if len(names) > _MAX:
            raise ValidationError(_("A hundred neighbourhoods at most."), code="too_many")
        for number, name in enumerate(lines, start=1):
            try:
                check_listed(name)
            except NeighbourhoodRefused as refusal:
                said = {"number": number, "why": str(refusal.message)}
                raise ValidationError(_("Line %(number)s: %(why)s"), code="refused", params=said) from refusal
        return names


class NeighbourhoodsForm(forms.Form):
    """Once names are typed that leave out one that somebody has said, it asks what becomes of it."""

    names = NamesField(
        label=gettext_lazy("Your neighbourhoods"),
        help_text=gettext_lazy(
            "One a line, 40 characters at most each, in the order in which people read them. Empty: they type theirs."
        ),
        rows=12,
        maximum=5000,
        required=False,
    )
    revision = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.listed = listed_neighbourhoods()
        kwargs["initial"] = {"names": "\n".join(self.listed.values()), "revision": revision_of_list()}
        super().__init__(*args, **kwargs)
        self.leaving: dict[str, str] = {}  # the name of a field → the key that it is about
        if self.is_bound:
            self._ask_what_becomes_of_them()

    def _ask_what_becomes_of_them(self) -> None:
        try:
            names = NeighbourhoodsForm.base_fields["names"].clean(self.data.get("names", ""))
        except ValidationError:
            return  # that is said first
        kept = {key_of_place(name) for name in names}
        gone = [key for key in self.listed if key not in kept]
        said = {key: uses for key, uses in uses_of(gone).items() if uses}
        for number, (key, uses) in enumerate(said.items()):
            self.leaving[f"becomes_{number}"] = key
            self.fields[f"becomes_{number}"] = forms.ChoiceField(
                label=_("%(who)s say “%(name)s”. What becomes of it?")
                % {"who": _who(uses["proposals"], uses["people"]), "name": self.listed[key]},
                choices=self._choices(key, names),
                error_messages={
                    "required": _("This neighbourhood leaves the list: say what becomes of it, then save.")
                },
            )

    def _choices(self, key: str, names: list[str]) -> list[tuple[str, str]]:
        """First what has come in its place, if anything has."""
        place = list(self.listed).index(key)
        here = names[place] if place < len(names) and key_of_place(names[place]) not in self.listed else None
        others = [(name, _("It becomes “%(name)s”") % {"name": name}) for name in dict.fromkeys(names)]
        others.sort(key=lambda each: each[0] != here)
        stays = (_STAY, _("It stays as it was written"))
        return [*others, stays] if here else [stays, *others]

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self[name] for name in self.leaving]

    @property
    def moves(self) -> dict[str, str]:
        return {key: self.cleaned_data[name] for name, key in self.leaving.items() if self.cleaned_data[name] != _STAY}


def _who(proposals: int, people: int) -> str:
    said = (
        [ngettext("%(count)s proposal", "%(count)s proposals", proposals) % {"count": proposals}] if proposals else []
    )
    if people >= _FEWEST_PERSONS:
        said.append(_("%(count)s people") % {"count": people})
    elif people:
        said.append(_("fewer than five people"))
    return _(" and ").join(said)


@limited_by(NEIGHBOURHOODS)
@role_required(SET_UP, second_factor=Asks.ONCE_OPEN)
def neighbourhoods(request: HttpRequest) -> HttpResponse:
    """One text, a name a line."""
    form, conflict, status = NeighbourhoodsForm(request.POST or None), None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            names, revision = form.cleaned_data["names"], form.cleaned_data["revision"]
            try:
                list_neighbourhoods(names=names, actor=signed_in_user(request), revision=revision, moves=form.moves)
                messages.success(request, _("Your neighbourhoods are saved."))
                if len({key_of_place(name) for name in names}) < len(names):
                    messages.info(request, _("Some lines were the same word: one of each is kept."))
                return redirect("desk_neighbourhoods")
            except ChangedMeanwhile as meanwhile:
                form = NeighbourhoodsForm(sent_again(request, revision_of_list()))
                form.is_valid()
                conflict = {"fields": theirs_beside(form, {"names": list(meanwhile.now.values())})}
                status = meanwhile.status
    context = {"form": form, "conflict": conflict}
    return render(request, "framing/backoffice/neighbourhoods.html", context, status=status)
