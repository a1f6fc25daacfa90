"""Nothing is held about a person of which no app says what their copy and their leaving mean for it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model

from accounts.models import User
from common import personal


def models_about_people() -> Iterator[type[Model]]:
    """Those of a city's tables from which foreign keys lead to a person, directly or through others."""
    theirs = [model for model in apps.get_models() if apps.get_app_config(model._meta.app_label).name in CITY_APPS]
    found: set[type[Model]] = {User}
    grown = True
    while grown:
        more = {model for model in theirs if model not in found and _points_to(model) & found}
        found |= more
        grown = bool(more)
    yield from sorted(found, key=lambda model: model._meta.label)


CITY_APPS = set(settings.TENANT_APPS)


def _points_to(model: type[Model]) -> set[Any]:
    return {field.related_model for field in model._meta.get_fields() if field.concrete and field.is_relation}


ABOUT_PEOPLE = list(models_about_people())


def test_the_walk_finds_what_is_there() -> None:
    labels = {model._meta.label for model in ABOUT_PEOPLE}
    assert {"accounts.User", "account.EmailConfirmation", "participation.Picture", "notifications.Notice"} - labels == {
        "participation.Picture"  # nothing in it points to anybody: its draft and its proposal point to it
    }
    assert len(labels) >= 20


@pytest.mark.parametrize("model", ABOUT_PEOPLE, ids=lambda model: model._meta.label)
def test_each_table_about_people_says_what_copy_and_erasure_mean_for_it(model: type[Model]) -> None:
    assert (model in personal.copied) != bool(personal.not_copied.get(model)), "in the copy, or why not: @copies"
    assert (model in personal.erased) != bool(personal.not_erased.get(model)), "erased, or why not: @erases"
