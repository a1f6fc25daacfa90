"""To those who frame: what is said in the margin of a challenge, and that it is settled (notifications)."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.selectors import COME_IN
from common.templatetags.ui import figure
from common.text import shortened
from consultations.framing.abilities import FRAME
from consultations.framing.events import margin_commented, margin_resolved
from consultations.framing.models import MarginComment
from notifications.registry import notice_type, subject
from notifications.types import About, Notification, Words

QUOTED = 200  # letters

MARGIN_COMMENT = subject(
    "margin_comment",
    MarginComment,
    read=lambda user: MarginComment.objects.select_related("author", "resolved_by", "challenge__consultation"),
)


def _commented(comment_id: int, actor_id: int, **kwargs: Any) -> Notification:
    """To those who frame, who are all who comment for the city. Nobody writes to the service's: they read it when they
    come in."""
    comment = MarginComment.objects.get(pk=comment_id)
    people = User.objects.filter(COME_IN, role__in=FRAME.roles, is_active=True)
    return Notification(
        fact=MARGIN_COMMENT.reference(comment.pk),
        group=str(comment.challenge_id),
        recipients={person: {"margin_comment": comment.pk} for person in people.values_list("pk", flat=True)},
        actor_id=actor_id,
    )


@notice_type(
    "MARGIN_COMMENTED",
    gettext_lazy("Of the team: comments in the margin of challenges"),
    weight=6,
    event=margin_commented,
    notification=_commented,
    subjects=(MARGIN_COMMENT,),
    ability=FRAME,
)
def _words(about: About) -> Words:
    comment: MarginComment = about["margin_comment"]
    challenge = comment.challenge
    who = comment.writer or _("The service")
    if about.count > 1:
        told = ngettext(
            "%(count)s comment in the margin of “%(challenge)s”.",
            "%(count)s comments in the margin of “%(challenge)s”.",
            about.count,
        )
        sentence = told % {"count": figure(about.count), "challenge": challenge.label}
    else:
        sentence = _("%(who)s comments on “%(challenge)s” in the margin: %(field)s.") % {
            "who": who,
            "challenge": challenge.label,
            "field": comment.get_field_display(),
        }
    return Words(
        sentence,
        _("Read and answer"),
        _place(comment),
        quote=shortened(comment.text, QUOTED),
        is_over=comment.is_resolved,
    )


def _resolved(comment_id: int, actor_id: int, **kwargs: Any) -> Notification | None:
    """To whoever wrote the comment, for the city."""
    comment = MarginComment.objects.get(pk=comment_id)
    if comment.resolved_at is None or comment.author_id is None:
        return None
    return Notification(
        fact=f"margin_resolved:{comment.pk}.{comment.resolved_at:%Y%m%d%H%M%S%f}",
        group=str(comment.challenge_id),
        recipients={comment.author_id: {"margin_comment": comment.pk}},
        actor_id=actor_id,
    )


@notice_type(
    "MARGIN_RESOLVED",
    gettext_lazy("Of the team: comments of yours in a margin that are settled"),
    weight=8,
    event=margin_resolved,
    notification=_resolved,
    subjects=(MARGIN_COMMENT,),
    ability=FRAME,
)
def _settled(about: About) -> Words:
    comment: MarginComment = about["margin_comment"]
    challenge = comment.challenge
    if about.count > 1:
        told = ngettext(
            "%(count)s comment of yours in the margin of “%(challenge)s” is settled.",
            "%(count)s comments of yours in the margin of “%(challenge)s” are settled.",
            about.count,
        )
        sentence = told % {"count": figure(about.count), "challenge": challenge.label}
    else:
        sentence = _("%(who)s says that your comment on “%(challenge)s” is settled: %(field)s.") % {
            "who": comment.resolver or _("The service"),
            "challenge": challenge.label,
            "field": comment.get_field_display(),
        }
    quote = shortened(comment.text, QUOTED)
    return Words(sentence, _("See what became of it"), _place(comment), quote, is_over=not comment.is_resolved)


def _place(comment: MarginComment) -> str:
    challenge = comment.challenge
    return f"{reverse('desk_challenge', args=[challenge.consultation.slug, challenge.slug])}#{comment.field}"
