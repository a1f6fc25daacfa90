"""Views of the list of contributions: kept, renamed, deleted."""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.abilities import may
from accounts.audit import record
from accounts.models import User
from common.refusals import Refusal
from common.text import Words
from consultations.participation.abilities import ARRANGE_VIEWS, READ_CONTRIBUTIONS
from consultations.participation.models import VIEW_NAME_MAX, VIEW_QUERY_MAX, SavedView
from consultations.participation.selectors.saved_views import views_of

OWN_VIEWS_MAX = TEAM_VIEWS_MAX = 20
VIEW_NAME = Words(1, VIEW_NAME_MAX, one_line=True)


class ViewNameTaken(Refusal):
    code = "view_name_taken"
    message = _("There is already a view of that name. Give this one another, or rename the first.")


class TooManyViews(Refusal):
    code = "too_many_views"
    message = _("That makes too many views: delete one that is of no more use first.")


class ViewTooLong(Refusal):
    code = "view_too_long"
    status = 422
    message = _("That view asks for too much at once: take filters off first.")


class ViewRenamed(Refusal):
    code = "view_renamed_meanwhile"

    def __init__(self, name: str) -> None:
        super().__init__(_("Somebody has renamed this view meanwhile: it is called “%(name)s”.") % {"name": name})


class ViewGone(Refusal):
    code = "view_gone"
    status = 404
    message = _("This view no longer exists, or was never yours: whoever made it may have deleted it.")


def save_view(*, actor: User, name: str, query: str, is_shared: bool) -> SavedView:
    """Keep what the list asks for under a name; the same again is the same view.

    Raises TextTooShort, TextTooLong, ViewNameTaken, TooManyViews, ViewTooLong.
    """
    name = VIEW_NAME.cleaned(name)
    if len(query) > VIEW_QUERY_MAX:
        raise ViewTooLong
    with transaction.atomic():
        # Whoever presses twice at once takes turns.
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.pk)
        same = SavedView.objects.filter(owner=actor, name=name, query=query, is_shared=is_shared).first()
        if same is not None:
            return same
        beside = SavedView.objects.filter(is_shared=True) if is_shared else _own(actor)
        if beside.count() >= (TEAM_VIEWS_MAX if is_shared else OWN_VIEWS_MAX):
            raise TooManyViews
        view = SavedView(owner=actor, name=name, query=query, is_shared=is_shared)
        _write(view)
        record("view_saved", actor=actor, subject=view, shared=is_shared)
    return view


def rename_view(*, actor: User, pk: int, name: str, seen: str) -> SavedView:
    """`seen`: what the page said that it is called.

    Raises TextTooShort, TextTooLong, ViewNameTaken, ViewRenamed, ViewGone.
    """
    name = VIEW_NAME.cleaned(name)
    with transaction.atomic():
        view = _theirs(actor, pk)
        if view.name not in (seen, name):
            raise ViewRenamed(view.name)
        if view.name != name:
            view.name = name
            _write(view)
            record("view_renamed", actor=actor, subject=view)
    return view


def delete_view(*, actor: User, pk: int) -> SavedView:
    """As it was. Raises ViewGone."""
    with transaction.atomic():
        view = _theirs(actor, pk)
        record("view_deleted", actor=actor, subject=view, shared=view.is_shared)
        SavedView.objects.filter(pk=view.pk).delete()
    return view


def may_arrange(view: SavedView, user: User) -> bool:
    """Their own; and the team's, for whoever looks after these."""
    return view.owner_id == user.pk or (view.is_shared and may(user, ARRANGE_VIEWS))


def let_go_of_views(user: User) -> None:
    """Of whoever reads the list no more, their own go; what they made for the team is the team's."""
    if not may(user, READ_CONTRIBUTIONS):
        _own(user).delete()


def _own(user: User) -> QuerySet[SavedView]:
    return SavedView.objects.filter(owner=user, is_shared=False)


def _theirs(actor: User, pk: int) -> SavedView:
    lines = views_of(actor).select_related(None).select_for_update(of=("self",), no_key=True)
    view = lines.filter(pk=pk).first()
    if view is None or not may_arrange(view, actor):
        raise ViewGone
    return view


def _write(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as taken:
        raise ViewNameTaken from taken
