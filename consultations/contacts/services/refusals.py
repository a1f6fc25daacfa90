"""What the services of the address book refuse."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.refusals import Refusal
from consultations.contacts.models import Contact


class AddressThere(Refusal):
    """Another contact has this e-mail address."""

    code = "contact_address_there"
    status = 422
    field = "email"

    def __init__(self, found: Contact) -> None:
        super().__init__(_("“%(name)s” has this address already.") % {"name": found.name})
        self.found = found


class NameThere(Refusal):
    """Another contact is called so; it may be another one."""

    code = "contact_name_there"
    status = 422
    field = "name"

    def __init__(self, found: Contact) -> None:
        super().__init__(_("“%(name)s” stands in the address book already.") % {"name": found.name})
        self.found = found


class ChallengeGone(Refusal):
    code = "contact_challenge_gone"
    status = 422
    field = "challenges"
    message = gettext_lazy("A challenge that was ticked is no longer there. Tick again.")


class ContactGone(Refusal):
    code = "contact_gone"
    message = gettext_lazy("This contact is no longer there: somebody deleted it. Nothing was saved.")


class DayToCome(Refusal):
    code = "exchange_to_come"
    status = 422
    field = "day"
    message = gettext_lazy("This day has not come yet.")
