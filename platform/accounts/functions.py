"""What somebody of the team says that they do at the authority: it stands beside their name wherever they sign."""

from unicodedata import category

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.abilities import MANAGE_TEAM, may
from accounts.audit import record
from accounts.enums import TEAM_ROLES
from accounts.look_alikes import mixes_scripts
from accounts.models import FUNCTION_MAX, User
from accounts.names import claims_an_office
from accounts.services import NotInTeam
from common.meanwhile import ChangedMeanwhile, mark_of
from common.refusals import Refusal
from common.text import Words, leads_somewhere

FUNCTION = Words(minimum=2, maximum=FUNCTION_MAX, one_line=True)


class FunctionRefused(Refusal):
    code = "function_refused"
    status = 422
    message = _("Say what is done, in words: no address and no link.")


class FunctionMixed(FunctionRefused):
    code = "function_mixed"
    message = _("Write a function with letters of one alphabet, without signs of a program and signs that nobody sees.")


class FunctionReserved(FunctionRefused):
    code = "function_reserved"
    message = _(
        "This function could be taken for that of the mayor, of somebody elected, of the State or of this service. If "
        "it is yours, ask an administrator of your team to write it: they may."
    )


def checked_function(words: str, *, member: User, actor: User) -> str:
    """As it is kept; empty: the role says enough. What stands there already may stay.

    Raises FunctionRefused, and what `Words` raises.
    """
    function = FUNCTION.cleaned(words, optional=True)
    if function == member.function:
        return function
    if leads_somewhere(function):
        raise FunctionRefused
    # All of it as one word: in a function, no word of another alphabet stands beside the others.
    if mixes_scripts("".join(filter(str.isalpha, function))) or any(map(_is_no_word, function)):
        raise FunctionMixed
    if claims_an_office(function) and not may(actor, MANAGE_TEAM):
        raise FunctionReserved
    return function


def _is_no_word(sign: str) -> bool:
    return sign in "<>{}" or category(sign) == "Cf"


def revision_of_function(member: User) -> str:
    return mark_of(member.function)


def set_function(*, member_id: int, function: str, actor: User, revision: str = "") -> User:
    """Say it, by oneself or by whoever makes up the team. The same: nothing happens.

    `revision`: of what the writer has seen, if anything. Raises NotInTeam, ChangedMeanwhile with the member as they
    are now, and what `checked_function` raises.
    """
    with transaction.atomic():
        members = User.objects.select_for_update(no_key=True).filter(role__in=TEAM_ROLES, is_active=True)
        member = members.filter(pk=member_id).first()
        if member is None or not (member.pk == actor.pk or may(actor, MANAGE_TEAM)):
            raise NotInTeam
        function = checked_function(function, member=member, actor=actor)
        if member.function == function:
            return member
        if revision and revision != revision_of_function(member):
            raise ChangedMeanwhile(member)
        member.function = function
        member.save(update_fields=["function"])
        record("team_function_changed", actor=actor, subject=member)
    return member
