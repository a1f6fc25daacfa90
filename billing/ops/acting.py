"""What operators' forms of billing have in common."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from common.refusals import Refusal


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
        return refused(refusal.status)
    messages.success(request, said)
    return redirect(*back)
