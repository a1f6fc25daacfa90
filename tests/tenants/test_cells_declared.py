"""Whatever public has is said to leave with a city, to be found by a key, or to stay: nothing is forgotten in a move."""

import inspect
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey, Model

from common import outbox
from tenants.cells.register import key_words, leaving, named_columns, shared, staying
from tenants.models import Municipality

ROOT = Path(__file__).resolve().parents[2]
# What Django's own and other people's apps have in public is about operators.
OURS = {
    config.name
    for config in apps.get_app_configs()
    if Path(config.path).is_relative_to(ROOT) and ".venv" not in config.path
}


def _models() -> set[type[Model]]:
    configs = [each for each in apps.get_app_configs() if each.name in settings.SHARED_APPS and each.name in OURS]
    return {model for config in configs for model in config.get_models(include_auto_created=True)}


def test_every_table_of_public_is_said_where_it_belongs() -> None:
    from tenants.cells.register import keyed

    said = [set(leaving), set(shared), staying, set(keyed)]
    assert sum(map(len, said)) == len(set().union(*said)), "said twice"
    assert _models() == set().union(*said)


def test_what_leaves_points_at_nothing_that_stays() -> None:
    """But at operators, who are known by their address, and rows that each installation has itself."""
    wrong = {
        f"{model._meta.label}.{column.name}"
        for model in leaving
        for column in model._meta.concrete_fields
        if isinstance(column, ForeignKey)
        and column.related_model not in {*leaving, *shared}
        and column.related_model._meta.label != "accounts.User"
    }
    assert wrong == set()


def test_what_stays_points_at_nothing_that_leaves_for_good() -> None:
    for model in staying:
        for column in model._meta.concrete_fields:
            if isinstance(column, ForeignKey) and column.related_model in leaving:
                assert leaving[column.related_model].is_kept, f"{model._meta.label}.{column.name}"
    assert leaving[Municipality].is_kept


def test_messages_that_name_a_row_are_known_by_what_they_call_it() -> None:
    """Of tasks that run in public: those of apps whose tables are there."""
    public = ("billing.", "tenants.", "onboarding.")
    named = {
        name
        for task, handler in outbox._handlers.items()
        if task.startswith(public)
        for name in inspect.signature(inspect.unwrap(handler)).parameters
        if name.endswith("_id")
    }
    of_stripe = {"event_id", "object_id", "customer_id"}
    assert named - of_stripe <= set(named_columns())


def test_keys_that_name_a_row_are_known_by_their_word() -> None:
    """As the services write them: `paid:{invoice.pk}`."""
    import re

    text = "".join(file.read_text() for file in (ROOT / "billing" / "services").rglob("*.py"))
    written = set(re.findall(r'f"(?:\w+:)*(\w+):\{(?:\w+\.)?(?:pk|id|quote_id)\}', text)) - {"refund_failed"}
    assert len(written) > 10
    assert written <= set(key_words())
