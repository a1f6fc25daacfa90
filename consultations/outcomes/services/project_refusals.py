"""Expected refusals of who runs projects, with the sentence to show. When one is raised nothing has been changed."""

from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal


class NotAccepted(Refusal):
    code = "not_accepted"
    status = 422
    message = _(
        "A project grows from proposals that you have answered as accepted, and that can be read. Choose again."
    )


class AnswerFirst(Refusal):
    code = "answer_first"
    message = _(
        "The answer to the proposal that this project comes from is not published yet. Have it signed, then publish "
        "the project."
    )


class WhyMissing(Refusal):
    code = "project_why_missing"
    status = 422
    message = _("Say why in a sentence: people who follow the project will ask.")


class SourceNotAccepted(Refusal):
    code = "source_not_accepted"
    message = _(
        "One of the proposals that this project comes from is no longer answered as accepted: correct that answer "
        "first, then take the project up again."
    )


class NotPublic(Refusal):
    code = "project_not_public"
    message = _("Nobody can read this project yet. Publish it first, then give news of it.")


class PublishedAlready(Refusal):
    code = "project_published_already"
    message = _("This project is published: it can be given up with its reason, but no longer deleted.")


class BeforeDecision(Refusal):
    code = "before_decision"
    status = 422
    message = _("A step does not come before the day on which the project was decided.")


class BeforeConsultation(Refusal):
    code = "before_consultation"
    status = 422
    message = _("Choose a day since the consultation opened: its projects come after it.")


class DayRefused(Refusal):
    code = "day_refused"
    status = 422
    message = _("Choose a day that can be: of these years, and not to come for what is done.")


class TooManySteps(Refusal):
    code = "too_many_steps"
    message = _("Twenty steps at most: more of them, and nobody sees how far the project is.")


class PictureNotDescribed(Refusal):
    code = "picture_not_described"
    status = 422
    message = _("Describe the picture in a sentence, for those who cannot see it.")
