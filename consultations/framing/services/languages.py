"""In which languages a city offers its pages (common.languages)."""

from collections.abc import Iterable

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from common.languages import other_languages
from tenants.models import Municipality
from tenants.services import set_languages


def offer_languages(*, municipality: Municipality, codes: Iterable[str], actor: User | None) -> None:
    """These besides French, and no others. Those that are not known are left out; as it was: nothing happens."""
    wanted = set(codes)
    chosen = [code for code in other_languages() if code in wanted]
    with transaction.atomic():
        if set_languages(municipality=municipality, languages=" ".join(chosen)):
            record("languages_offered", actor=actor, languages=chosen)
