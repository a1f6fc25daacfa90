"""What moderation has hidden of the city's answers, and why."""

from collections.abc import Iterable

from common.text import BLANK
from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Decision
from consultations.moderation.selectors.places import restrictions_among
from consultations.outcomes.models import Answer, AnswerVersion
from consultations.outcomes.selectors.public import ShownAnswer
from consultations.participation.models import Proposal


def hidden_answer(proposal: Proposal, answers: dict[int, Answer]) -> AnswerVersion | None:
    """Of what `answers_about` read, where none is shown: the answer that would count if it were not hidden."""
    for answer in (answers.get(proposal.merged_into_id or 0), answers.get(proposal.pk)):
        if answer and answer.current and answer.current.is_hidden:
            return answer.current
    return None


def why_hidden(versions: Iterable[int]) -> dict[int, Decision]:
    """By version, the last decision to hide it. One query, none for none."""
    wanted = list(versions)
    found = restrictions_among(Kind.OFFICIAL, wanted) if wanted else {}
    return {pk: each for (_kind, pk, act), each in found.items() if act == Act.HIDE}


def why_redacted(shown: ShownAnswer) -> Decision | None:
    """Why a passage of it is missing: a query where one is."""
    current = shown.current
    if not any(BLANK in text for text in (current.own_words, current.reasons, current.competent, current.change)):
        return None
    versions = [current.pk, *(each.pk for each in shown.earlier)]  # a decision about one is about its words in all
    found = restrictions_among(Kind.OFFICIAL, versions)
    return max((each for each in found.values() if each.act == Act.REDACT), key=lambda each: each.pk, default=None)
