"""What a version of the lexicon may hold."""

from consultations.screening.lexicon import BY_LINE, run_of

MAX_PART = 40_000
MAX_RUN = 8
MIN_LETTERS, MAX_LETTERS = 2, 40


def entries_of(name: str, text: str) -> list[str]:
    """The words, or runs of words, of a part as they are kept: each once, in their order."""
    typed = text.splitlines() if name in BY_LINE else text.split()
    return sorted({" ".join(entry.split()).lower() for entry in typed if entry.strip()})


def faults_of(name: str, text: str) -> list[str]:
    """Entries that would flag everything, or nothing."""
    return [entry for entry in entries_of(name, text) if not _is_usable(entry)]


def _is_usable(entry: str) -> bool:
    run = run_of(entry)
    letters = sum(map(len, run))
    return MIN_LETTERS <= letters <= MAX_LETTERS * MAX_RUN and len(run) <= MAX_RUN and max(map(len, run)) <= MAX_LETTERS
