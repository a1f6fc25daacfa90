"""The four texts of a proposal, wherever they are kept: in it, in a version, in a draft."""

from typing import Any

from django.utils.translation import gettext as _


def texts_in_words(written: Any) -> dict[str, object]:
    """Under what they are called, for a person's own copy."""
    return {
        _("title"): written.title,
        _("solution"): written.solution,
        _("problem"): written.problem,
        _("benefit"): written.benefit,
    }
