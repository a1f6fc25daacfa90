"""What operators' forms of billing have in common."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from common.refusals import Refusal


class Doubted(forms.Form):
    """A form some of whose boxes (`doubts`) are only asked for once a refusal says which (`unless`): whoever has looked
    ticks it, and sends the same again."""

    doubts: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.doubts:
            if name not in self.data:
                del self.fields[name]

    def ask(self, name: str) -> None:
        self.fields[name] = self.base_fields[name]

    @property
    def looked(self) -> dict[str, bool]:
        """As arguments of what refuses."""
        return {name: bool(self.cleaned_data.get(name)) for name in self.doubts}


def acted(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], Any],
    *,
    said: str,
    back: tuple[Any, ...],
    refused: Callable[[int], HttpResponse],
) -> HttpResponse:
    """Act and go `back` (an address by its name, and its number if it has one); what is refused stays, with what was
    typed: `refused` makes that page, with a status.
    """
    if not form.is_valid():
        return refused(422)
    try:
        act()
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        if isinstance(form, Doubted) and (name := getattr(refusal, "unless", "")):
            form.ask(name)
        return refused(refusal.status)
    messages.success(request, said)
    return redirect(*back)
