"""A decision as its author reads it, and how they contest it."""

from django.http import HttpResponse

from common.requests import Request


def decision(request: Request, decision: int) -> HttpResponse:
    return HttpResponse()
