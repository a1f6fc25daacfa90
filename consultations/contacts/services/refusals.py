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


class BookContactGone(Refusal):
    code = "book_contact_gone"
    message = gettext_lazy("This contact is no longer there: somebody deleted it. Nothing was saved.")


class NotTheirBook(Refusal):
    code = "contacts_not_theirs"
    status = 403
    message = gettext_lazy("The address book is kept, and written to, by those who animate and administer.")


class CityNotVerified(Refusal):
    code = "contacts_city_not_verified"
    message = gettext_lazy("Nobody outside is written to before it is verified that you represent your authority.")


class NobodyLeft(Refusal):
    code = "contacts_nobody_left"
    message = gettext_lazy(
        "Nobody is left to write to: without an address, left alone at their wish, or written to already."
    )


class TooManyAtOnce(Refusal):
    code = "contacts_too_many"
    status = 422

    def __init__(self, most: int) -> None:
        super().__init__(_("At most %(most)s contacts are written to at once. Choose fewer.") % {"most": most})


class ColumnMissing(Refusal):
    code = "contacts_column_missing"
    status = 422
    message = gettext_lazy("Choose the column of the names, and say where the list comes from.")


class BatchOver(Refusal):
    code = "contacts_batch_over"
    message = gettext_lazy("This list is taken up already: somebody was faster. Nothing was changed.")


class NoPostalAddress(Refusal):
    code = "contact_without_postal_address"
    status = 422
    message = gettext_lazy("This contact has no postal address: write it first.")


class LeftAlone(Refusal):
    code = "contact_left_alone"
    message = gettext_lazy("This contact wants no message.")


class ExchangeToCome(Refusal):
    code = "exchange_to_come"
    status = 422
    field = "day"
    message = gettext_lazy("This day has not come yet.")
