"""The rows that a change of answers locks, always in this order: who does it, the proposals by number, their
consultation, the answers, the opinions. Participation and a change of role take theirs in the same one."""

from collections.abc import Iterable

from accounts.abilities import Ability, may
from accounts.models import User
from consultations.framing.models import Consultation
from consultations.framing.services.consultations import locked
from consultations.outcomes.models import Answer
from consultations.outcomes.selectors.clock import to_answer
from consultations.outcomes.services.refusals import NoLongerTheirs, NotAnswerable
from consultations.participation.models import Proposal


def locked_proposals(consultation: Consultation, keys: Iterable[int]) -> dict[int, Proposal]:
    """Those of them that are to be answered, by number: one that is hidden, withdrawn or merged is not among them.

    Raises ConsultationArchived.
    """
    rows = to_answer(consultation).without_texts().filter(pk__in=list(keys)).order_by("pk")
    found = {each.pk: each for each in rows.select_for_update(of=("self",), no_key=True)}
    return found if locked(consultation).opened_at is not None else {}


def locked_proposal(consultation: Consultation, pk: int) -> Proposal:
    """The same of one. Raises NotAnswerable, ConsultationArchived."""
    found = locked_proposals(consultation, [pk]).get(pk)
    if found is None:
        raise NotAnswerable
    return found


def locked_answers(proposals: Iterable[Proposal]) -> dict[int, Answer]:
    """By proposal; those that nobody has taken in hand yet are made."""
    wanted = {each.pk: each for each in proposals}
    Answer.objects.bulk_create((Answer(proposal=each) for each in wanted.values()), ignore_conflicts=True)
    found = Answer.objects.filter(proposal__in=wanted).order_by("proposal_id")
    answers = {each.proposal_id: each for each in found.select_for_update(of=("self",), no_key=True)}
    for pk, answer in answers.items():
        answer.proposal = wanted[pk]
    return answers


def locked_answer(proposal: Proposal) -> Answer:
    return locked_answers([proposal])[proposal.pk]


def require(user: User, ability: Ability) -> User:
    """The person as they are now, whatever their page had; their role stays until the end. Raises NoLongerTheirs."""
    now = User.objects.select_for_update(of=("self",), no_key=True).filter(pk=user.pk).first()
    if now is None or not may(now, ability):
        raise NoLongerTheirs
    return now
