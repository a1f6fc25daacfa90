"""Which words may stand beside a name as somebody's neighbourhood, or that of a proposal: those of a place.

Where the city has made a list they are chosen from it, or none is. Elsewhere they are free, and stand where a function
would: they are read as names are (accounts.names), by the same rules for everyone, the team included. What was typed
before there was a list stays as it is, and counts as the one in the list that is the same word (`key_of_place`).
"""

import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import Neighbourhood
from accounts.names import is_reserved, plain_words, without_fillers, without_kind
from common.refusals import Refusal
from common.text import WordsField, leads_somewhere

NEIGHBOURHOOD_MAX = 40
_PUNCTUATION = frozenset(" '’-‑–,./()&°\u00a0\u202f")
# "Quartier de la mairie", "Place de l’Hôtel de Ville": where one lives, whole and with nothing after it.
_PLACES = """
quartier, place, rue, avenue, boulevard, allée, impasse, square, secteur, parc, cité, esplanade, parvis, centre, cours,
derrière, devant, face, près
"""
_BUILDINGS = "mairie, hôtel de ville, préfecture, gendarmerie, commissariat"

_NONE = _("Other, or no neighbourhood")

_territories: list[Callable[[], Iterable[str]]] = []


def names_territories(namer: Callable[[], Iterable[str]]) -> Callable[[], Iterable[str]]:
    """Register what says how the territory of the present schema is called: one may live there, and say so."""
    _territories.append(namer)
    return namer


class NeighbourhoodRefused(Refusal):
    code = "neighbourhood_refused"
    status = 422


def key_of_place(words: str) -> str:
    """The same for the same word, whatever its case, accents and signs."""
    spelled = words.casefold().replace("œ", "oe").replace("æ", "ae")
    return slugify(spelled) or spelled.strip()


def listed_neighbourhoods() -> dict[str, str]:
    """The names of the city's list by their keys, in its order; empty where it has none."""
    return dict(Neighbourhood.objects.order_by("position", "pk").values_list("key", "name"))


def choose_neighbourhood(words: str, *, before: str = "") -> None:
    """Raises NeighbourhoodRefused for what is not in the city's list, or, where it has none, for what is no place's
    name. What stands there already (`before`) may stay.
    """
    if not words or words == before:
        return
    listed = listed_neighbourhoods()
    if not listed:
        check_neighbourhood(words)
    elif words not in listed.values():
        raise NeighbourhoodRefused(_("Choose a neighbourhood from the list."))


def check_neighbourhood(words: str) -> None:
    """Raises NeighbourhoodRefused for what is no place's name, or could be read as the word of an authority."""
    if not words:
        return
    if len(words) > NEIGHBOURHOOD_MAX:
        raise NeighbourhoodRefused(_("A neighbourhood is named in 40 characters at most."))
    if leads_somewhere(words):
        raise NeighbourhoodRefused(_("No link and no address here, please: the name of the neighbourhood alone."))
    if not any(map(str.isalpha, words)) or not all(map(_is_of_a_place, words)):
        raise NeighbourhoodRefused(_("Write the neighbourhood in plain letters, without symbols."))
    if is_reserved(words) and not _is_a_place(words):
        raise NeighbourhoodRefused(
            _(
                "These words could be taken for those of the authority or of an elected person. Write the name of the "
                "neighbourhood alone, such as “Quartier de la mairie”."
            )
        )


def check_listed(name: str) -> None:
    """Of a name for the city's list. Raises NeighbourhoodRefused for what `check_neighbourhood` refuses, and for what
    people read there for none of the list.
    """
    check_neighbourhood(name)
    if key_of_place(name) in {key_of_place(str(words)) for words in (_NONE, _("Other"))}:
        raise NeighbourhoodRefused(_("People read this for none of your list: it is no name of a neighbourhood."))


def _is_of_a_place(sign: str) -> bool:
    return (
        sign in _PUNCTUATION
        or sign in "0123456789"
        or (sign.isalpha() and unicodedata.name(sign, "").startswith("LATIN"))
    )


def _is_a_place(words: str) -> bool:
    said = without_fillers(plain_words(words))
    if any(said == without_kind(plain_words(name)) for namer in _territories for name in namer()):
        return True
    return said[:1] in _listed(_PLACES) and said[1:] in _listed(_BUILDINGS)


@cache
def _listed(names: str) -> list[list[str]]:
    return [without_fillers(plain_words(each)) for each in names.split(",")]


class NeighbourhoodField(WordsField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(maximum=NEIGHBOURHOOD_MAX, **kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        try:
            check_neighbourhood(value)
        except NeighbourhoodRefused as refusal:
            raise ValidationError(str(refusal.message)) from refusal


def offer_list(form: forms.Form, *, before: str) -> None:
    """Where the city has a list, the form's `neighbourhood` is chosen from it. `before`: what stands there already."""
    listed = listed_neighbourhoods()
    if not listed:
        return
    free = form.fields["neighbourhood"]
    same = listed.get(key_of_place(before), before)
    names = [*listed.values(), *([same] if same and same not in listed.values() else [])]
    form.fields["neighbourhood"] = forms.ChoiceField(
        label=free.label,
        help_text=free.help_text,
        choices=[("", _NONE), *((name, name) for name in names)],
        required=False,
        error_messages={"invalid_choice": _("“%(value)s” is no longer in the list of the city: choose another one.")},
    )
    form.initial["neighbourhood"] = listed.get(key_of_place(form.initial.get("neighbourhood", "")), same)
