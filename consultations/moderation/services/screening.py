"""The filter reads what was written: it points, and decides nothing."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from common.meanwhile import ChangedMeanwhile, mark_of
from common.text import BLANK
from consultations.moderation.models import CityWord
from consultations.moderation.rules import CITY_WORDS, CITY_WORDS_MAX
from consultations.moderation.services.refusals import TooManyWords, WordsUnusable
from consultations.moderation.services.reporting import point_at
from consultations.moderation.subjects import SOURCE_PARTS, all_texts, subject_of
from consultations.screening.rules import entries_of, faults_of
from consultations.screening.screening import flags_of
from consultations.screening.selectors import lexicon_with


def screen(*, kind: str, pk: int, at: datetime) -> None:
    """Read a text as it is now, part by part, and what is public in earlier versions alone. Read again, it has the same
    flags.
    """
    subject = subject_of(kind, pk)
    if subject is None:
        return
    lexicon = lexicon_with(CityWord.objects.values_list("words", flat=True))
    found = {
        part: flags_of(_left_of(text), lexicon=lexicon, is_source=part in SOURCE_PARTS)
        for part, text in all_texts(subject).items()
    }
    point_at(kind=kind, pk=pk, found=found, at=at)


def _left_of(text: str) -> str:
    """A text without the words that stand for a hidden passage: nobody wrote those. As long as it was."""
    return text.replace(BLANK, ".".ljust(len(BLANK)))


def revision_of_words() -> str:
    """Of the list that is kept."""
    return mark_of(*CityWord.objects.order_by("words").values_list("words", flat=True))


def set_city_words(*, words: str, actor: User, revision: str = "") -> None:
    """The words of this city, one, or one run of them, a line. What is written from now on is read with them.

    No change: nothing happens. `revision`: of the list that the writer has read, if any. Raises WordsUnusable,
    TooManyWords, TextTooLong, ChangedMeanwhile.
    """
    words = CITY_WORDS.cleaned(words, optional=True)
    if faults := faults_of("phrases", words):
        raise WordsUnusable(faults)
    wanted = entries_of("phrases", words)
    if len(wanted) > CITY_WORDS_MAX:
        raise TooManyWords
    with transaction.atomic():
        present = set(CityWord.objects.values_list("words", flat=True))
        gone, new = present - set(wanted), [each for each in wanted if each not in present]
        if not gone and not new:
            return
        if revision and revision != revision_of_words():
            raise ChangedMeanwhile("\n".join(sorted(present)))
        _change(gone, new)
        record("city_words_changed", actor=actor, added=len(new), removed=len(gone))


def _change(gone: Iterable[str], new: Iterable[str]) -> None:
    CityWord.objects.filter(words__in=gone).delete()
    CityWord.objects.bulk_create([CityWord(words=each) for each in new], ignore_conflicts=True)
