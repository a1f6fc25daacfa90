"""What outcomes say of contributions (participation.registry): what is answered stays as it was read, and in sight."""

from django.db.models import Q

from consultations.outcomes.enums import AnswerState
from consultations.outcomes.models import Answer
from consultations.outcomes.services.refusals import AnsweredAlone, TextAnswered
from consultations.participation.models import Proposal
from consultations.participation.registry import keeps_texts, settles


@keeps_texts
def answered(proposal: Proposal) -> TextAnswered | None:
    """From the moment when its answer is given to be signed, and for good once one was published."""
    settled = Q(state=AnswerState.TO_SIGN) | Q(current__isnull=False)
    return TextAnswered() if Answer.objects.filter(settled, proposal=proposal).exists() else None


# Who brings answered proposals together would make their answers leave the clock, and the city owe a new one.
settles(Q(answer__current__isnull=False), AnsweredAlone)
