"""The page that says what programs of operators can do."""

from django.http import HttpResponse
from django.shortcuts import render

from common.requests import Request
from rest.reference import reference


def page(request: Request) -> HttpResponse:
    return render(request, "rest/web/api.html", reference("service"))
