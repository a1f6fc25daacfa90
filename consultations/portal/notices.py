"""To whoever is given a line of the week by somebody else (notifications)."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.abilities import SEE_ASSIGNED
from consultations.portal.events import line_assigned
from consultations.portal.models import WorkItem
from notifications.registry import notice_type, subject
from notifications.types import About, Notification, Words

LINE = subject("line", WorkItem, read=lambda user: WorkItem.objects.only("title", "assigned_to_id", "done_at"))


def _given(item_id: int, actor_id: int, **kwargs: Any) -> Notification | None:
    item = WorkItem.objects.get(pk=item_id)
    if item.assigned_to_id is None:
        return None
    return Notification(
        fact=f"assigned:{item.pk}.{item.assigned_at:%Y%m%d%H%M%S}",
        group=str(item.pk),
        recipients={item.assigned_to_id: {"line": item.pk}},
        actor_id=actor_id,
    )


@notice_type(
    "LINE_ASSIGNED",
    gettext_lazy("Of the team: what a colleague assigns to you"),
    weight=4,
    event=line_assigned,
    notification=_given,
    subjects=(LINE,),
    ability=SEE_ASSIGNED,
)
def _assigned(about: About) -> Words:
    item: WorkItem | None = about["line"]
    if item is None:
        return Words(
            _("A colleague had assigned something to you. It is no longer there."),
            _("See the desk"),
            reverse("desk"),
            is_over=True,
        )
    if item.done_at or item.assigned_to_id != about.notice.user_id:
        if item.done_at:
            sentence = _("%(who)s had assigned this to you: “%(title)s”. It is done.")
        elif item.assigned_to_id is None:
            sentence = _("%(who)s had assigned this to you: “%(title)s”. It has been given back: anybody may take it.")
        else:
            sentence = _("%(who)s had assigned this to you: “%(title)s”. Somebody else has it now.")
        return Words(
            sentence % {"who": about.who, "title": item.title}, _("See the desk"), reverse("desk"), is_over=True
        )
    sentence = _("%(who)s assigns this to you: “%(title)s”.") % {"who": about.who, "title": item.title}
    return Words(sentence, _("See what it asks for"), reverse("desk"))
