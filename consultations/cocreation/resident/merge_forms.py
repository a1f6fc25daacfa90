"""What is asked of those who bring proposals together."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.text import WordsField
from consultations.cocreation.enums import Consent
from consultations.cocreation.rules import MERGE_MESSAGE, MERGE_REASON
from consultations.participation.rules import TEXT, TITLE


class MergeTextForm(forms.Form):
    """The common text, as long as any proposal's."""

    title = TITLE.field(label=_("The title"), help_text=_("The one of the whole, not of one of them."))
    solution = TEXT.field(
        label=_("The solution"), help_text=_("Take up what each proposal brings. Say where they differ."), rows=8
    )
    problem = TEXT.field(label=_("The problem"), rows=5)
    benefit = TEXT.field(label=_("The benefit"), rows=5)


class MergeStartForm(MergeTextForm):
    message = MERGE_MESSAGE.field(
        label=_("Your message to the other authors"),
        help_text=_("Say why these proposals are stronger together. Only they and the city’s team read it."),
        rows=4,
    )


class AnswerForm(forms.Form):
    """An answer for one proposal; who says no says why, so that the text can be mended."""

    answer = forms.ChoiceField(choices=[(Consent.AGREED, ""), (Consent.DECLINED, "")])
    reason = MERGE_REASON.field(
        label=_("What should change for you to agree?"),
        help_text=_("Your reason is shown to the other authors. It helps to mend the text."),
        rows=3,
        error_messages={"required": _("Say in a sentence what does not suit you.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get("answer") == Consent.AGREED:  # whatever stands in the other field
            reason = self.fields["reason"]
            assert isinstance(reason, WordsField)
            reason.required, reason.minimum = False, 0


class UndoForm(forms.Form):
    reason = MERGE_REASON.field(
        label=_("Why undo it?"),
        help_text=_("Everyone will be able to read this reason, on the page of the collective proposal."),
        rows=3,
    )


class GiveUpForm(forms.Form):
    reason = MERGE_REASON.field(label=_("Why give it up?"), rows=2, required=False)
