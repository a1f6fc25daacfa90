from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from tenants.models import Municipality


class CityClient(Client):
    """Requests leave the city; a test that goes on there is back in it after each."""

    def __init__(self, city: Municipality, **kwargs: Any) -> None:
        super().__init__(HTTP_HOST=city.host, **kwargs)
        self.city = city

    def request(self, **request: Any) -> HttpResponse:
        try:
            return super().request(**request)
        finally:
            connection.set_tenant(self.city)


@pytest.fixture
def in_saran(in_saran: Municipality) -> Municipality:
    """With moderators of its own."""
    Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
    return in_saran


@pytest.fixture
def client(in_saran: Municipality) -> CityClient:
    return CityClient(in_saran)
