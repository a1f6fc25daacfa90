"""Mail addresses that people type: read as one, and none that leads our mail server to a machine by its number."""

from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import get_resolver

from common.mail_addresses import MailField, check_mail_address

LITERALS = ["a@[127.0.0.1]", "a@[IPv6:::1]", "a@[10.0.0.1]", "a@[::1]", "a@127.0.0.1", "a@localhost", '"a b"@saran.fr']


def forms_of_ours() -> dict[str, Any]:
    for urls in ("config.urls.public", "config.urls.tenant"):
        assert get_resolver(urls).url_patterns  # all forms are known now
    asked, found = [forms.BaseForm], {}
    while asked:
        for form in asked.pop().__subclasses__():
            asked.append(form)
            for name, field in getattr(form, "base_fields", {}).items():
                if isinstance(field, forms.EmailField) and form.__module__.split(".")[0] not in ("django", "allauth"):
                    found[f"{form.__module__}.{form.__qualname__}.{name}"] = field
    return found


def test_every_field_that_takes_an_address_is_ours_and_takes_no_number_of_a_machine() -> None:
    found = forms_of_ours()
    assert len(found) >= 14
    for name, field in found.items():
        assert isinstance(field, MailField), name
        for typed in LITERALS:
            with pytest.raises(ValidationError) as refused:
                field.run_validators(typed)
            assert "nom@example.org" in str(refused.value), name


@pytest.mark.parametrize("typed", LITERALS)
def test_services_ask_the_same(typed: str) -> None:
    with pytest.raises(ValidationError):
        check_mail_address(typed)


@pytest.mark.parametrize("typed", ["compta@saran.example", "d'angelo+x@ville-saint-denis.re", "a@mairie.xn--p1ai"])
def test_an_address_that_people_have_is_taken(typed: str) -> None:
    check_mail_address(typed)
