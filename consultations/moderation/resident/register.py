"""The public register of moderation."""

from django.http import HttpResponse

from common.requests import Request


def register(request: Request) -> HttpResponse:
    return HttpResponse()
