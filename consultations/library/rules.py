"""What a version must be before it is published: complete, short enough to be read, and asked as a question.

The editor says it to operators, a test says it of the shipped files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.library.enums import Theme

Content = dict[str, Any]

# Signs at most.
TITLE, SET_SUMMARY = 120, 400
LABEL, QUESTION, SUMMARY, WHY = 40, 200, 240, 1500
SENTENCE, EXAMPLE, EXAMPLE_WHY = 200, 300, 200
# How many.
CHALLENGES = (3, 12)
GUIDING_QUESTIONS, EXAMPLES = 3, 2
ON_TABLE, OFF_TABLE = (2, 6), (1, 6)


@dataclass(frozen=True)
class Problem:
    """One fault to correct before publishing: the challenge's code ("" for the set itself) and the field."""

    challenge: str
    field: str
    message: str


def problems_of(content: Content) -> list[Problem]:
    """What keeps a set (as services.shipping.content_of reads it) from being published, in reading order."""
    return [
        *_of_set(content),
        *(problem for challenge in content["challenges"] for problem in _of_challenge(challenge)),
    ]


def _of_set(content: Content) -> Iterator[Problem]:
    yield from _text("", content, "title", TITLE)
    yield from _text("", content, "question", QUESTION)
    if content["question"] and not asks(content["question"]):
        yield Problem("", "question", _("The set's question ends with a question mark."))
    yield from _text("", content, "summary", SET_SUMMARY)
    minimum, maximum = CHALLENGES
    if not minimum <= len(content["challenges"]) <= maximum:
        yield Problem(
            "", "challenges", _("A set has %(least)s to %(most)s challenges.") % {"least": minimum, "most": maximum}
        )


def _of_challenge(challenge: Content) -> Iterator[Problem]:
    code = challenge["code"]
    if challenge["theme"] not in Theme.values:
        yield Problem(code, "theme", _("Choose a theme."))
    yield from _text(code, challenge, "label", LABEL)
    yield from _text(code, challenge, "question", QUESTION)
    if challenge["question"] and not (challenge["question"].startswith("Comment ") and asks(challenge["question"])):
        yield Problem(code, "question", _("The question begins with “Comment” and ends with a question mark."))
    yield from _text(code, challenge, "summary", SUMMARY)
    yield from _text(code, challenge, "why", WHY)
    yield from _sentences(code, challenge, "guiding_questions", GUIDING_QUESTIONS, GUIDING_QUESTIONS)
    if not all(asks(question) for question in challenge["guiding_questions"]):
        yield Problem(code, "guiding_questions", _("Each guiding question ends with a question mark."))
    yield from _sentences(code, challenge, "on_table", *ON_TABLE)
    yield from _sentences(code, challenge, "off_table", *OFF_TABLE)
    if not all(gives_reason(sentence) for sentence in challenge["off_table"]):
        yield Problem(code, "off_table", _("What is not on the table says why, after a colon."))
    yield from _examples(code, challenge["examples"])


def _text(code: str, holder: Content, field: str, maximum: int) -> Iterator[Problem]:
    if not holder[field].strip():
        yield Problem(code, field, _("This is still to be written."))
    elif len(holder[field]) > maximum:
        yield Problem(code, field, _("At most %(most)s characters.") % {"most": maximum})


def _sentences(code: str, holder: Content, field: str, minimum: int, maximum: int) -> Iterator[Problem]:
    sentences = holder[field]
    if len(sentences) < minimum:
        missing = minimum - len(sentences)
        message = ngettext("%(count)s more line is needed.", "%(count)s more lines are needed.", missing)
        yield Problem(code, field, message % {"count": missing})
    if len(sentences) > maximum:
        message = ngettext("%(count)s line at most.", "%(count)s lines at most.", maximum)
        yield Problem(code, field, message % {"count": maximum})
    if any(len(sentence) > SENTENCE for sentence in sentences):
        yield Problem(code, field, _("At most %(most)s characters a line.") % {"most": SENTENCE})


def _examples(code: str, examples: list[Content]) -> Iterator[Problem]:
    whole = [example for example in examples if example["text"] and example["why"]]
    if len(whole) != len(examples) or len(examples) != EXAMPLES:
        yield Problem(code, "examples", _("%(count)s examples, each with why it is a good one.") % {"count": EXAMPLES})
    if any(len(example["text"]) > EXAMPLE or len(example["why"]) > EXAMPLE_WHY for example in examples):
        yield Problem(
            code,
            "examples",
            _("An example has at most %(text)s characters, its reason %(why)s.")
            % {"text": EXAMPLE, "why": EXAMPLE_WHY},
        )


def asks(sentence: str) -> bool:
    return sentence.rstrip(" \u00a0\u202f»").endswith("?")


def gives_reason(sentence: str) -> bool:
    subject, _colon, reason = sentence.partition(":")
    return bool(subject.strip() and reason.strip())
