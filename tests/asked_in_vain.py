"""A template that asks one of our objects for what it does not have gets nothing, in silence: here it is an error.

So a field that is renamed is renamed in templates too. What may be there or not is in a dictionary or a session, or of a form and its fields.
"""

from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.forms import BaseForm, Field
from django.template.base import Variable, VariableDoesNotExist

OURS = ("accounts", "billing", "common", "consultations", "notifications", "onboarding", "rest", "tenants")
# What selectors add to rows that are shown in some places.
ADDED = {"brings_together", "call"}
_resolve = Variable._resolve_lookup  # type: ignore[attr-defined]


def _resolved(self: Variable, context: Any) -> Any:
    try:
        return _resolve(self, context)
    except VariableDoesNotExist as missing:
        name, thing = missing.params
        if (
            type(thing).__module__.partition(".")[0] in OURS
            and not isinstance(thing, (BaseForm, Field, SessionBase))
            and name not in ADDED
        ):
            template = getattr(context, "template_name", None) or "?"
            raise AssertionError(f"{template}: {self.var} – a {type(thing).__name__} has no {name}") from missing
        raise


def refuse() -> None:
    Variable._resolve_lookup = _resolved  # type: ignore[attr-defined]
