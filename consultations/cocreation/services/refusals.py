"""What bringing proposals together refuses, with the sentence to show (common.refusals)."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal
from consultations.participation.models import Proposal
from consultations.participation.services.refusals import ChangedMeanwhile


class CannotJoin(Refusal):
    """Some of the proposals cannot be brought together now: `proposals` says which."""

    code = "cannot_join"
    message = _(
        "One of these proposals cannot be brought together now: it is hidden, already part of a collective proposal, "
        "or its authors are being asked for another one."
    )

    def __init__(self, proposals: Sequence[Proposal] = ()) -> None:
        super().__init__()
        self.proposals = proposals


class TooFewSources(Refusal):
    code = "too_few_sources"
    status = 422
    message = _("Two proposals at least, eight at most, of the same consultation.")


class TextChanged(ChangedMeanwhile):
    code = "text_changed"
    message = _("The text has changed since you opened the page. Read it again, then answer.")


class SourcesChanged(ChangedMeanwhile):
    code = "sources_changed"
    message = _("The answers have changed since you opened the page. Look again at who takes part, then press again.")


class MergeOver(Refusal):
    code = "merge_over"
    message = _("This has been settled meanwhile: the proposals are together, or it was given up.")


class UndoTooLate(Refusal):
    code = "undo_too_late"
    message = _("A collective proposal can be undone during the phase in which it was formed. That phase is over.")
