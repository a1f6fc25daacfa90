"""What a city takes with it of offline entry (common.citycopy): which contribution came how; in the complete copy, who
typed it and what whoever gave it said of themselves. Digests of receipts stay here: elsewhere their key is not.
"""

from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.offline.models import Correction, Entry, EntryDesk, EntryRule, Receipt

in_city_copies(
    Receipt,
    title=_("Receipts of sheets"),
    complete="id consultation_id sheet is_printed made_at",
    never="digest",
)
in_city_copies(
    Entry,
    title=_("Sheets that the team typed"),
    complete="id consultation_id challenge_id kind state receipt_id sheet channel place given_on meeting title "
    "solution problem benefit about_id stance name age_band neighbourhood capacity typed_by_id typed_at changed_at "
    "read_by_id read_at proposal_id argument_id bound_at",
    never="key sent",
)
in_city_copies(
    Correction,
    title=_("Corrections of sheets that the team typed"),
    complete="id entry_id by_id at version stance text",
)
in_city_copies(EntryDesk, never="id consultation_id user_id challenge_id channel place given_on pile pile_since")
in_city_copies(EntryRule, title=_("Whether a colleague reads each sheet first"), shared="consultation_id read_twice")

in_words(
    {
        "receipt_id": _("number of its receipt"),
        "sheet": _("number on the sheet"),
        "is_printed": _("whether the receipt was printed on the sheet"),
        "offline_receipt.made_at": _("when it was made"),
        "offline_entry.meeting": _("number of the meeting at which it was given"),
        "offline_entry.place": _("where it was given"),
        "given_on": _("when it was given"),
        "offline_entry.channel": _("how it was given"),
        "offline_entry.solution": _("the solution, or the argument, until it is published"),
        "offline_entry.name": _("the name of whoever wants to be named, until it is published"),
        "offline_entry.age_band": _("age band, if the person gave it"),
        "offline_entry.neighbourhood": _("neighbourhood, if the person gave it"),
        "offline_entry.capacity": _("in what capacity the person takes part, if they said so"),
        "offline_entry.about_id": _("the proposal that it argues about"),
        "typed_by_id": _("who typed it"),
        "typed_at": _("when it was typed"),
        "offline_entry.changed_at": _("when it was last corrected"),
        "read_by_id": _("which colleague read it"),
        "offline_entry.read_at": _("when a colleague read it"),
        "bound_at": _("when it was attached to an account"),
        "entry_id": _("number of the sheet as it was typed"),
        "offline_correction.by_id": _("who of the team corrected it; nobody: whoever gave it, by their receipt"),
        "offline_correction.at": _("when it was corrected"),
        "offline_correction.version": _("the version of the proposal that the correction made"),
        "offline_correction.stance": _("of an argument: for, against or to improve, before it was corrected"),
        "offline_correction.text": _("of an argument: what it said before it was corrected"),
        "read_twice": _("whether a colleague reads each sheet before it is public"),
    }
)
