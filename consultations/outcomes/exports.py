"""A person's copy of what they did to answer, and of the projects that they follow (common.personal)."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from common.personal import PersonalFile, copies, leaves_out_of_copies
from consultations.outcomes.models import Answer, AnswerVersion, Opinion, ProjectFollow, ProjectNews, ProjectSource

leaves_out_of_copies(ProjectSource, because="which proposals a project comes from: they are copied to their authors")


@copies(Answer, AnswerVersion, Opinion)
def answers(user: User) -> Iterator[PersonalFile]:
    prepared = Answer.objects.filter(Q(writer=user) | Q(signer=user) | Q(given_by=user)).order_by("pk")
    signed = AnswerVersion.objects.filter(signed_by=user).select_related("answer").order_by("pk")
    opinions = Opinion.objects.filter(Q(service=user) | Q(asked_by=user)).select_related("answer").order_by("pk")
    yield PersonalFile(
        "reponses-officielles",
        _("Official answers"),
        _("Those that you prepare or sign for the authority, and the opinions that you asked for or gave."),
        [
            {
                _("proposal"): each.proposal_id,
                _("state"): each.get_state_display(),
                _("written by you"): each.writer_id == user.pk,
                _("signed by you"): each.signer_id == user.pk,
                _("text"): each.reasons if each.writer_id == user.pk else "",
            }
            for each in prepared
        ]
        + [
            {
                _("proposal"): each.answer.proposal_id,
                _("version"): each.number,
                _("signed on"): each.signed_at,
                _("as"): f"{each.signed_name}, {each.signed_function}",
                _("text"): "\n\n".join(filter(None, (each.own_words, each.reasons))),
            }
            for each in signed
        ]
        + [
            {
                _("proposal"): each.answer.proposal_id,
                _("asked on"): each.asked_at,
                _("question"): each.question if each.asked_by_id == user.pk else "",
                _("opinion"): each.get_stance_display() if each.service_id == user.pk else "",
                _("text"): each.words if each.service_id == user.pk else "",
                _("given on"): each.given_at,
            }
            for each in opinions
        ],
    )


@copies(ProjectFollow, ProjectNews)
def projects(user: User) -> Iterator[PersonalFile]:
    follows = ProjectFollow.objects.filter(user=user).select_related("project").order_by("pk")
    news = ProjectNews.objects.filter(written_by=user).select_related("project").order_by("pk")
    yield PersonalFile(
        "projets",
        _("Projects of the authority"),
        _("Those that you follow, and the news that you wrote of them."),
        [{_("project"): each.project.title, _("since"): each.created_at} for each in follows]
        + [
            {
                _("project"): each.project.title,
                _("title"): each.title,
                _("text"): each.text,
                _("when"): each.published_at,
            }
            for each in news
        ],
    )
