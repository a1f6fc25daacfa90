"""What whoever loses a role, or leaves, gives back of answers."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.abilities import may
from accounts.models import User
from consultations.outcomes.abilities import GIVE_OPINION, PREPARE_ANSWERS, SIGN_ANSWERS
from consultations.outcomes.enums import AnswerState
from consultations.outcomes.models import Answer, Opinion


def let_go_of_answers(user: User) -> None:
    """Of what their present role does not let them hold."""
    if not may(user, PREPARE_ANSWERS):
        Answer.objects.filter(writer=user).update(writer=None)
    if not may(user, SIGN_ANSWERS):
        leave_unsigned(user)
    if not may(user, GIVE_OPINION):
        leave_unsaid(user, at=timezone.now())


def leave_unsigned(user: User) -> None:
    """What waited for them to sign goes back to whoever writes, with why: somebody else is chosen."""
    theirs = Answer.objects.filter(signer=user)
    why = _("Whoever was to sign it no longer does. Choose somebody else, then give it to be signed again.")
    theirs.filter(state=AnswerState.TO_SIGN).update(state=AnswerState.WRITING, given_at=None, sent_back=why)
    theirs.update(signer=None)


def leave_unsaid(user: User, *, at: datetime) -> None:
    Opinion.objects.filter(service=user, given_at=None, taken_back_at=None).update(taken_back_at=at)
