"""What the trail keeps of people and their accounts, in words (common.trail)."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import TEAM_ROLES, Role
from accounts.models import TeamInvitation, User
from common.trail import concerns, happens_to, records, tells

records(
    {
        "neighbourhoods_listed": _("List of neighbourhoods changed"),
        "account_erased": _("Account deleted"),
        "entered_without_second_factor": _("Came in without double verification"),
        "sign_in_link_made": _("Link to come in made by the service"),
        "role_given": _("Role given"),
        "team_invited": _("Invitation into the team"),
        "team_invited_again": _("Invitation into the team sent again"),
        "team_invitation_withdrawn": _("Invitation into the team withdrawn"),
        "team_joined": _("Invitation into the team accepted"),
        "team_role_changed": _("Role in the team changed"),
        "team_function_changed": _("Function in the team changed"),
        "team_removed": _("Removal from the team"),
        "second_factor_changed": _("Double verification changed"),
        "second_factor_taken_away": _("Double verification taken away by somebody else"),
    }
)
records(
    {
        "address_change_asked": _("Change of address asked for"),
        "address_change_cancelled": _("Change of address given up"),
        "address_changed": _("Address changed"),
        "address_change_undone": _("Change of address undone"),
        "erasure_asked": _("Deletion of the account asked for"),
        "profile_completed": _("Profile filled in or changed"),
        "recovery_code_used": _("Recovery code used"),
        "own_data_copied": _("Copy of one’s data taken"),
    },
    private=True,
)


def _member(user: User) -> str:
    """Of the team, or of it until their last change of role; of residents, the public name alone."""
    of_team = user.is_staff_member or user.role_before in TEAM_ROLES
    return user.public_name or (user.email if of_team else "")


# The address of an invitation goes with it: the trail outlasts what somebody may have erased.
concerns(TeamInvitation, _("Invitation into the team"), title=lambda invitation: invitation.email)
concerns(User, _("Account"), title=_member)


@tells(
    *("role_given", "team_invited", "team_invited_again", "team_invitation_withdrawn"),
    *("team_joined", "team_role_changed", "team_removed"),
)
def which_role(details: dict[str, Any]) -> str:
    said = {each: Role(details[each]).label for each in ("role", "before") if details.get(each) in Role.values}
    if said.keys() == {"role", "before"}:
        return gettext("Role: %(role)s, instead of: %(before)s") % said
    if "before" in said:
        return gettext("Role until then: %(before)s") % said
    return gettext("Role: %(role)s") % said if said else ""


def _oneself(user: User) -> QuerySet[User]:
    return User.objects.filter(pk=user.pk)


happens_to(
    User,
    *("role_given", "team_joined", "team_role_changed", "team_function_changed", "team_removed"),
    *("sign_in_link_made", "second_factor_changed", "second_factor_taken_away", "recovery_code_used"),
    *("address_change_asked", "address_change_cancelled", "address_changed"),
    *("erasure_asked", "own_data_copied"),
    rows=_oneself,
)
happens_to(
    User, "address_change_undone", rows=_oneself, unsigned=_("Somebody who reads the mails of your former address")
)
