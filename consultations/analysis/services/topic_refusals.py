"""What is refused to those who correct themes, with the sentence to show."""

from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal


class TopicGone(Refusal):
    code = "topic_gone"
    message = _(
        "This theme is no longer there: somebody brought it together with another, or a new analysis was taken."
    )


class TopicIntoItself(Refusal):
    code = "topic_into_itself"
    status = 422
    message = _("Choose another theme: this is the same one.")


class TopicNameTaken(Refusal):
    code = "topic_name_taken"
    status = 422
    message = _("Another theme of this challenge has this name. Choose another name, or bring the two together.")


class TopicRenamed(Refusal):
    code = "topic_renamed"
    message = _("Somebody gave this theme another name meanwhile: it stands above. To give it yours, rename it again.")


class NothingTicked(Refusal):
    code = "nothing_ticked"
    status = 422
    message = _("Tick at least one proposal.")


class CorrectionGone(Refusal):
    code = "correction_gone"
    message = _("This correction was undone already.")


class NoThemesWait(Refusal):
    code = "no_themes_wait"
    message = _("These themes no longer wait: somebody took them, put them aside, or newer ones came.")
