"""Writing the next version of the lexicon."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.models import User
from common.refusals import Refusal
from consultations.screening.lexicon import BY_LINE, PARTS
from consultations.screening.models import LexiconVersion
from consultations.screening.rules import entries_of, faults_of
from consultations.screening.selectors import current_version


class LexiconChanged(Refusal):
    """Somebody has made a version since the words were read."""

    code = "lexicon_changed"
    message = _("Somebody has made a version in the meantime: your words are kept below, compare and save again.")


class LexiconUnchanged(Refusal):
    """The words are those that hold already."""

    code = "lexicon_unchanged"
    message = _("Not a word differs from the version that holds: there is nothing to save.")


class UnusableWords(Refusal):
    """Entries of one letter, without letters or endless."""

    code = "lexicon_unusable_words"
    message = _("An entry has from 2 to 40 letters, and at most 8 words.")


def write_lexicon(*, parts: dict[str, str], note: str, seen: int, actor: User, at: datetime) -> LexiconVersion:
    """Make the version after the one of number `seen` (0: the software's words). It holds in every city at once.

    Raises UnusableWords, LexiconUnchanged, LexiconChanged.
    """
    if any(faults_of(name, parts[name]) for name in PARTS):
        raise UnusableWords
    current = current_version()
    if current.number != seen:
        raise LexiconChanged
    entries = {name: entries_of(name, parts[name]) for name in PARTS}
    if entries == {name: entries_of(name, current.parts[name]) for name in PARTS}:
        raise LexiconUnchanged
    texts = {name: ("\n" if name in BY_LINE else " ").join(entries[name]) for name in PARTS}
    try:
        with transaction.atomic():
            version = LexiconVersion.objects.create(
                number=seen + 1, **texts, note=note, made_by=actor.public_name or actor.email, created_at=at
            )
            record("screening.lexicon_written", actor=actor, subject=version, number=version.number)
    except IntegrityError as taken:
        raise LexiconChanged from taken
    return version
