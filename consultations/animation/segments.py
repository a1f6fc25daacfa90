"""Whom a city may write to, by what they said of themselves (notifications.audiences)."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import Capacity
from accounts.models import User
from accounts.neighbourhoods import key_of_place, listed_neighbourhoods
from notifications.audiences import segment


@segment("everybody", _("Everybody who agreed"), order=10)
def everybody(value: str) -> QuerySet[User]:
    return User.objects.all()


def _qualities() -> Iterator[tuple[str, str]]:
    return ((str(value), str(label)) for value, label in Capacity.choices)


@segment("quality", _("People who take part in one quality"), order=50, choices=_qualities)
def quality(value: str) -> QuerySet[User]:
    return User.objects.filter(capacity=value)


def _neighbourhoods() -> Iterator[tuple[str, str]]:
    return iter(listed_neighbourhoods().items())


@segment("neighbourhood", _("People of one neighbourhood of your list"), order=60, choices=_neighbourhoods)
def neighbourhood(value: str) -> QuerySet[User]:
    """Written as in the list, or as somebody typed it before there was one."""
    typed = User.objects.exclude(neighbourhood="").order_by().values_list("neighbourhood", flat=True).distinct()
    same = [words for words in typed if key_of_place(words) == value]
    return User.objects.filter(neighbourhood__in=same)
