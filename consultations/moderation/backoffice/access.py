"""Who is on the desk of moderation: whoever of the team decides in one consultation at least; and the service's team,
where it does."""

from collections.abc import Callable, Sequence
from functools import wraps

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.abilities import may
from accounts.enums import Role
from accounts.models import User
from accounts.permissions import role_required, signed_in_user
from accounts.selectors import COME_IN
from common.requests import Request
from common.text import whole_number
from consultations.framing.abilities import DECIDING, FRAME
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.framing.selectors import current_consultation
from consultations.moderation.abilities import CARRY_OUT_ORDERS, MODERATE
from consultations.moderation.models import Case
from consultations.moderation.permissions import is_asked_for, moderates_somewhere, theirs_to_decide

View = Callable[..., HttpResponse]


def _nobody_decides(consultation: Consultation) -> bool:
    """Of those who are to: nobody has come in with such a role. One query."""
    if consultation.moderated_by == ModeratedBy.OPERATORS:
        return False
    roles = DECIDING[ModeratedBy(consultation.moderated_by)]
    return not User.objects.filter(COME_IN, is_active=True, role__in=roles).exists()


def _not_theirs(request: Request, user: User) -> HttpResponse:
    """Raises Http404, unless another choice of the city would have them moderate: they read who does."""
    if user.role not in MODERATE.in_team:
        raise Http404
    who = current_consultation()
    context = {"who": who, "is_framer": may(user, FRAME), "nobody": who is not None and _nobody_decides(who)}
    return render(request, "moderation/backoffice/not_here.html", context, status=404)


def for_moderators(view: View) -> View:
    """Others of the team get a 404, as on all pages that are not theirs; those who might moderate read who does."""

    @role_required(MODERATE)
    @wraps(view)
    def guarded(request: Request, *args: object, **kwargs: object) -> HttpResponse:
        user = signed_in_user(request)
        return view(request, *args, **kwargs) if moderates_somewhere(user=user) else _not_theirs(request, user)

    return guarded


def for_whoever_decides(view: View) -> View:
    """And delegates with one appeal to answer; not those whom the city only has accompany it."""

    @role_required(MODERATE)
    @wraps(view)
    def guarded(request: Request, *args: object, **kwargs: object) -> HttpResponse:
        user = signed_in_user(request)
        if user.role == Role.DELEGATE:
            theirs = is_asked_for(user=user, at=timezone.now())
        else:
            theirs = moderates_somewhere(user=user)
        return view(request, *args, **kwargs) if theirs else _not_theirs(request, user)

    return guarded


def for_moderators_and_administrators(view: View) -> View:
    """What the law asks of the city at once, whoever of them is there."""

    @role_required(CARRY_OUT_ORDERS)
    @wraps(view)
    def guarded(request: Request, *args: object, **kwargs: object) -> HttpResponse:
        user = signed_in_user(request)
        if user.role not in CARRY_OUT_ORDERS.always and not moderates_somewhere(user=user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def numbers(said: Sequence[str], *, at_most: int = 100) -> list[int]:
    """Those of rows, as an address or a form names them."""
    return [number for number in map(whole_number, said[:at_most]) if number]


def case_of(request: Request, pk: int) -> Case:
    """One that they may decide; else 404."""
    theirs = Case.objects.filter(theirs_to_decide(signed_in_user(request)))
    return get_object_or_404(theirs.select_related("claimed_by", "consultation"), pk=pk)
