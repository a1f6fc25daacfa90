"""What somebody of the team says that they do at the authority: it stands beside their name wherever they sign."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.abilities import MANAGE_TEAM, may
from accounts.audit import record
from accounts.enums import TEAM_ROLES
from accounts.models import FUNCTION_MAX, User
from accounts.services import NotInTeam
from common.meanwhile import ChangedMeanwhile, mark_of
from common.refusals import Refusal
from common.text import Words, leads_somewhere

FUNCTION = Words(minimum=2, maximum=FUNCTION_MAX, one_line=True)


class FunctionRefused(Refusal):
    code = "function_refused"
    status = 422
    message = _("Say what is done, in words: no address and no link.")


def checked_function(words: str) -> str:
    """As it is kept; empty: the role says enough. Raises FunctionRefused, and what `Words` raises."""
    function = FUNCTION.cleaned(words, optional=True)
    if leads_somewhere(function):
        raise FunctionRefused
    return function


def revision_of_function(member: User) -> str:
    return mark_of(member.function)


def set_function(*, member_id: int, function: str, actor: User, revision: str = "") -> User:
    """Say it, by oneself or by whoever makes up the team. The same: nothing happens.

    `revision`: of what the writer has seen, if anything. Raises NotInTeam, ChangedMeanwhile with the member as they
    are now, and what `checked_function` raises.
    """
    function = checked_function(function)
    with transaction.atomic():
        members = User.objects.select_for_update(no_key=True).filter(role__in=TEAM_ROLES, is_active=True)
        member = members.filter(pk=member_id).first()
        if member is None or not (member.pk == actor.pk or may(actor, MANAGE_TEAM)):
            raise NotInTeam
        if member.function == function:
            return member
        if revision and revision != revision_of_function(member):
            raise ChangedMeanwhile(member)
        member.function = function
        member.save(update_fields=["function"])
        record("team_function_changed", actor=actor, subject=member)
    return member
