"""What somebody's leaving means for what they did with others.

After participation's (common.personal): the proposals are locked already, then the requests to merge by number.
"""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.dispatch import receiver
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.tasks import send_mail
from common.models import OutboxMessage
from common.outbox import messages_of
from common.personal import erases
from consultations.cocreation.enums import MergeState
from consultations.cocreation.models import CoAuthorInvitation, HeldVersion, MergeRequest, MergeSource, ReworkDraft
from consultations.cocreation.selectors.coauthors import to_mailbox
from consultations.participation.rules import PARTS
from consultations.participation.services.erasure import kept_where, lock_rows, words_removed

_NO_REQUEST = {**dict.fromkeys(PARTS, ""), "message": "", "earlier": []}

# Others brought it together with theirs, or began to.
kept_where.append(lambda: Q(Exists(MergeSource.objects.filter(proposal=OuterRef("pk")))))
kept_where.append(lambda: Q(Exists(MergeRequest.objects.filter(proposal=OuterRef("pk")))))


@erases(ReworkDraft, HeldVersion, CoAuthorInvitation, MergeRequest, MergeSource)
def forget_co_author(user: User, *, with_texts: bool, at: datetime) -> None:
    merge_requests = MergeRequest.objects.filter(Q(started_by=user) | Q(ended_by=user) | Q(sources__answered_by=user))
    lock_rows(MergeRequest.objects.filter(pk__in=merge_requests.values("pk")))
    ReworkDraft.objects.filter(user=user).delete()
    HeldVersion.objects.filter(author=user).delete()  # nobody else has read it
    _forget_invitations(user)
    if with_texts:
        _take_words_away(user, at)
    MergeRequest.objects.filter(started_by=user).update(started_by=None)
    MergeRequest.objects.filter(ended_by=user).update(ended_by=None)
    MergeSource.objects.filter(answered_by=user).update(answered_by=None)


@receiver(words_removed)
def forget_what_was_being_written(sender: Any, *, keys: list[int], **kwargs: Any) -> None:
    ReworkDraft.objects.filter(proposal__in=keys).delete()
    HeldVersion.objects.filter(proposal__in=keys).delete()
    CoAuthorInvitation.objects.filter(proposal__in=keys).delete()


def _forget_invitations(user: User) -> None:
    """To them and by them, answered or not: who writes with whom stays in the authorships. Their mails don't leave."""
    invitations = CoAuthorInvitation.objects.filter(Q(user=user) | Q(invited_by=user) | to_mailbox(user.email))
    for key in invitations.exclude(email="").values_list("pk", flat=True):
        waiting = messages_of(send_mail).filter(payload__body__icontains=str(key)).select_for_update(skip_locked=True)
        OutboxMessage.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).delete()
    invitations.delete()


def _take_words_away(user: User, at: datetime) -> None:
    MergeSource.objects.filter(answered_by=user).update(reason="")
    MergeRequest.objects.filter(ended_by=user).update(ended_reason="")
    merge_requests = MergeRequest.objects.filter(started_by=user)
    merge_requests.update(message="", earlier=[])
    merge_requests.filter(state=MergeState.ASKING).update(state=MergeState.GIVEN_UP, ended_at=at)
    merge_requests.filter(state=MergeState.GIVEN_UP).update(**_NO_REQUEST | {"title": _("Removed proposal")})
