"""The public register of moderation: figures by month, decisions without a name and without a text."""

from django.http import HttpResponse
from django.shortcuts import render

from common.requests import Request
from consultations.moderation.selectors.register import registered

_SHOWN = 200


def register(request: Request) -> HttpResponse:
    return render(request, "moderation/resident/register.html", {"decisions": registered()[:_SHOWN]})
