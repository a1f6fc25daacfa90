"""A person's copy of what they did with others, and of the next versions that they have begun (common.personal)."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from common.personal import PersonalFile, copies
from consultations.cocreation.models import CoAuthorInvitation, HeldVersion, MergeRequest, MergeSource, ReworkDraft
from consultations.cocreation.selectors.coauthors import to_mailbox
from consultations.participation.models import Authorship
from consultations.participation.selectors.texts import texts_in_words


@copies(ReworkDraft, HeldVersion)
def next_versions(user: User) -> Iterator[PersonalFile]:
    yield PersonalFile(
        "reecritures",
        _("Your next versions"),
        _("Those that you have begun and not published. Nobody else sees them."),
        [
            {
                _("proposal"): draft.proposal_id,
                _("begun from version"): draft.base_version,
                **texts_in_words(draft),
                _("what changed"): draft.note,
                _("last change"): draft.updated_at,
            }
            for draft in ReworkDraft.objects.filter(user=user).order_by("pk")
        ]
        + [
            {
                _("proposal"): version.proposal_id,
                _("begun from version"): version.base_version,
                **texts_in_words(version),
                _("what changed"): version.note,
                _("state"): version.get_status_display(),
                _("last change"): version.submitted_at,
            }
            for version in HeldVersion.objects.filter(author=user).order_by("pk")
        ],
    )


@copies(Authorship, CoAuthorInvitation)
def written_with_others(user: User) -> Iterator[PersonalFile]:
    invitations = CoAuthorInvitation.objects.filter(Q(user=user) | Q(invited_by=user) | to_mailbox(user.email))
    yield PersonalFile(
        "a-plusieurs",
        _("Writing with others"),
        _(
            "The proposals of others that you work on; invitations that you sent or received, with the address "
            "you gave."
        ),
        [
            {_("proposal"): each.proposal_id, _("as"): each.get_role_display(), _("since"): each.since}
            for each in Authorship.objects.filter(user=user).order_by("pk")
        ]
        + [
            {
                _("proposal"): each.proposal_id,
                _("invitation"): _("sent") if each.invited_by_id == user.pk else _("received"),
                _("e-mail address"): each.email,
                _("since"): each.created_at,
                _("answered on"): each.answered_at,
                _("accepted"): each.accepted,
            }
            for each in invitations.order_by("created_at", "pk")
        ],
    )


@copies(MergeRequest, MergeSource)
def brought_together(user: User) -> Iterator[PersonalFile]:
    yield PersonalFile(
        "reunions",
        _("Proposals brought together"),
        _("Where you began it, ended it, or answered for a proposal."),
        [
            {
                _("number"): merge_request.pk,
                _("state"): merge_request.get_state_display(),
                **texts_in_words(merge_request),
                _("message"): merge_request.message if merge_request.started_by_id == user.pk else "",
                _("when"): merge_request.started_at,
                _("reason"): merge_request.ended_reason if merge_request.ended_by_id == user.pk else "",
            }
            for merge_request in MergeRequest.objects.filter(Q(started_by=user) | Q(ended_by=user)).order_by("pk")
        ]
        + [
            {
                _("number"): each.collective_id,
                _("proposal"): each.proposal_id,
                _("answer"): each.get_consent_display(),
                _("reason"): each.reason,
                _("when"): each.answered_at,
            }
            for each in MergeSource.objects.filter(answered_by=user).order_by("pk")
        ],
    )
