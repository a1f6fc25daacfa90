"""What somebody began before they could do it: kept until it is done or given up, on whatever device they come in.

Each thing is an Action: a small typed class, registered by the app that owns it, made again from JSON and checked on
the way out. Until we know who they are, actions wait in their session, and a copy goes along with the link of their
mail. From then on they are rows of that person: no other person's signing in, signing out, second tab or second device
loses them, and each is done once.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.limits import NEWCOMERS
from accounts.models import BegunAction, User
from common.limits import consume
from common.refusals import Refusal
from common.text import typed_words

# Where a visitor's session keeps their actions. Written in the sessions of earlier releases too.
SESSION_KEY = "pending"
# A session is not a store. The eleventh is refused with its words, rather than the first one forgotten.
MAX = 10
# For how long an action waits without being asked for again: an hour, the time to find a mail.
DONE_UNASKED_FOR = timedelta(hours=1)


class TooMuchBegun(Refusal):
    """As much as may wait does."""

    code = "too_much_begun"
    message = _(
        "You have begun ten things without signing in: they are kept. This one is not: copy your text, sign in, then "
        "send it again."
    )


class Unreadable(ValueError):
    """Kept JSON from which no action can be made any more: of an earlier release, or about what does not exist."""


class NotDone(Refusal):
    """It could not be done, and the person's words are nowhere else: they are shown with this message."""

    code = "not_done"


@dataclass(frozen=True)
class Done:
    """Where to see what came of an action, and what there is to say: that it is done, or why it could not be."""

    target: str
    notice: str = ""
    said: str = ""
    # What exactly `said` is about, where that is not the whole of `target`.
    link: str = ""
    # Whether the page of `target` says by itself that it is done.
    is_said_there: bool = False


@dataclass(frozen=True)
class PendingAction:
    """One thing that somebody began. Its fields are plain JSON values: str, int, bool."""

    name: ClassVar[str]
    # Whether it can be done at all; else its words are shown, to be copied.
    is_done_here: ClassVar[bool] = True
    # What would be done: "Publish an argument"; and what will come of it, to who is at the door.
    doing: ClassVar[Any] = ""
    promised: ClassVar[Any] = _("It will be done as soon as you are in.")

    def do(self, *, user: User, at: datetime) -> Done:
        """Do it in somebody's name. Raises NotDone where their words would be lost otherwise."""
        raise NotImplementedError

    def label(self) -> str:
        return str(self.doing)

    def is_over(self, user: User) -> bool:
        """Whether there is nothing left to do, or to ask this person about."""
        return False

    def about(self) -> str:
        """The title of what it is about; empty where nobody may read it any more."""
        return ""

    def words(self) -> str:
        """What the person wrote; nowhere else yet."""
        return ""

    def place(self) -> str:
        """Where one can do it by hand."""
        return "/"

    @classmethod
    def parse(cls, kept: dict[str, Any]) -> Self:
        """From kept JSON. Raises Unreadable where a field is missing or of another type; more than needed is fine."""
        known = {field.name: field.type for field in fields(cls)}
        given = {name: kept[name] for name in known if name in kept}
        # Exact: True is an int to Python.
        if any(type(value) is not known[name] for name, value in given.items()):
            raise Unreadable
        try:
            return cls(**given)
        except (TypeError, ValueError) as odd:
            raise Unreadable from odd


_actions: dict[str, type[PendingAction]] = {}


def action(name: str) -> Callable[[type[PendingAction]], type[PendingAction]]:
    """Register a kind of action under the name that sessions, links and rows keep it by."""

    def register(kind: type[PendingAction]) -> type[PendingAction]:
        kind.name = name
        _actions[name] = kind
        return kind

    return register


def parsed(kept: Any) -> PendingAction:
    """The action of kept JSON. What cannot be read any more still gives back its words, where it has some."""
    kept = kept if isinstance(kept, dict) else {}
    kind = _actions.get(str(kept.get("do")))
    try:
        if kind is None:
            raise Unreadable
        return kind.parse(kept)
    except Unreadable:
        text = kept.get("text")
        return Words(text=text if isinstance(text, str) else "", path=get_script_prefix())


@action("words")
@dataclass(frozen=True)
class Words(PendingAction):
    """What somebody wrote in a form of theirs after they had been signed out: given back, for them to send again."""

    text: str
    path: str = "/"
    is_done_here: ClassVar[bool] = False
    doing = _("Words that were not sent")
    promised = _("You find it again once you are in.")

    def words(self) -> str:
        return self.text

    def place(self) -> str:
        return self.path if url_has_allowed_host_and_scheme(self.path, allowed_hosts=None) else "/"


# ── Before we know who they are ──────────────────────────────────────────────

_carriers: list[Callable[[HttpRequest], Iterable[PendingAction]]] = []


def carries(
    carrier: Callable[[HttpRequest], Iterable[PendingAction]],
) -> Callable[[HttpRequest], Iterable[PendingAction]]:
    """Register what else an app keeps in a visitor's session, as actions that a link can take to another device."""
    _carriers.append(carrier)
    return carrier


def carried_actions(request: HttpRequest) -> list[dict[str, Any]]:
    """All that this visitor began, for the link of their mail."""
    others = [each for carrier in _carriers for each in carrier(request)]
    # The same thing in two links is one thing.
    own = [_kept(each, at=timezone.now(), key=_key_of(asdict(each))) for each in others]
    return [*_in_session(request), *own]


def keep(request: HttpRequest, begun: PendingAction) -> None:
    """Remember what a request wanted: with the person, where we know them; else with their session.

    The very same again is there already. Raises TooMuchBegun, TooMany.
    """
    kept = _kept(begun, at=timezone.now())
    if isinstance(request.user, User):
        entrust([kept], user=request.user, refuses=True)
        return
    waiting = [each for each in _in_session(request) if not _is_same(each, kept)]
    if len(waiting) >= MAX:
        raise TooMuchBegun
    if not request.session.session_key:
        consume(NEWCOMERS, request=request)
    request.session[SESSION_KEY] = [*waiting, kept]
    # It is what one comes back for, wherever one was going before.
    request.session.pop("after_sign_in", None)


def ask_who(request: HttpRequest, back: str = "") -> HttpResponse:
    """To the door, then back. What was typed in a form by somebody signed out meanwhile is kept for them."""
    back = back or request.get_full_path()
    refusal = keep_words(request, back)
    if refusal is not None:
        return refusal
    answer = redirect_to_login(back)
    return HttpResponseClientRedirect(answer.url) if getattr(request, "htmx", False) else answer


def keep_words(request: HttpRequest, back: str) -> HttpResponse | None:
    """Keep what was typed in a form that cannot be sent yet; where no more may wait, a page with it, to be copied."""
    typed = typed_words(request)
    if typed:
        try:
            keep(request, Words(text=typed, path=back))
        except TooMuchBegun as refusal:
            context = {"typed": typed, "why": refusal.message}
            return render(request, "accounts/web/too_much_begun.html", context, status=refusal.status)
    return None


def _in_session(request: HttpRequest) -> list[dict[str, Any]]:
    kept = request.session.get(SESSION_KEY, [])
    return [each for each in kept if isinstance(each, dict)] if isinstance(kept, list) else []


def _kept(begun: PendingAction, *, at: datetime, key: str = "") -> dict[str, Any]:
    return {"do": begun.name, **asdict(begun), "key": key or uuid.uuid4().hex, "at": int(at.timestamp())}


def _key_of(kept: dict[str, Any]) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, repr(sorted(kept.items()))).hex


def _is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return _bare(one) == _bare(other)


def _bare(kept: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if name not in ("key", "at")}


# ── Once we do ───────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Waiting:
    """An action that waits for its person, with its row."""

    row: BegunAction
    action: PendingAction

    def is_to_be_asked(self, at: datetime) -> bool:
        return self.row.is_asked or not self.action.is_done_here or at - self.row.begun_at > DONE_UNASKED_FOR


def entrust(kept: list[dict[str, Any]], *, user: User, by_link: bool = False, refuses: bool = False) -> None:
    """Give actions to the person who began them. What they had once already, done or not, is not taken again.

    `by_link`: they come from another device, or from a stranger who asked for a link to this address: the person is
    asked first. `refuses`: raise TooMuchBegun where too many wait; otherwise those of one's own session are all taken.
    """
    if not kept:
        return
    with transaction.atomic():
        present = list(BegunAction.objects.filter(user=user, settled_at=None))
        if refuses and len(present) >= MAX:
            raise TooMuchBegun
        same = [row.payload for row in present]
        BegunAction.objects.bulk_create(
            [
                BegunAction(
                    user=user,
                    key=str(each.get("key") or _key_of(each))[:32],
                    payload=_bare(each),
                    begun_at=_moment(each.get("at")),
                    is_asked=by_link,
                )
                for each in kept
                if _bare(each) not in same
            ],
            ignore_conflicts=True,
        )
        if not by_link:  # in their own browser: nobody need be asked what a link has brought before
            keys = [each["key"] for each in kept if "key" in each]
            BegunAction.objects.filter(user=user, key__in=keys, settled_at=None).update(is_asked=False)


def entrust_session(request: HttpRequest, *, user: User) -> None:
    """What a visitor's session kept becomes theirs."""
    kept = _in_session(request)
    # Of an earlier release: one moment for all.
    since = request.session.pop("pending_at", None)
    entrust([{"at": since, **each} for each in kept], user=user)
    request.session.pop(SESSION_KEY, None)


def waiting_for(user: User) -> list[Waiting]:
    """In the order in which it was begun."""
    rows = BegunAction.objects.filter(user=user, settled_at=None).order_by("begun_at", "pk")
    return [Waiting(row, parsed(row.payload)) for row in rows]


def settle_over(user: User, *, at: datetime) -> None:
    """Forget what has come to its end by another way: a draft that a mail's link brought to where it is already."""
    settle([each for each in waiting_for(user) if each.action.is_over(user)], at=at)


def is_waiting(user: User) -> bool:
    return BegunAction.objects.filter(user=user, settled_at=None).exists()


def do_once(waiting: Waiting, *, user: User, at: datetime) -> Done | None:
    """Do it, in one transaction with the note that it is done; None where another tab or device has done it.

    Raises NotDone: then nothing has changed, and it goes on waiting.
    """
    with transaction.atomic():
        row = BegunAction.objects.select_for_update(of=("self",), no_key=True).filter(pk=waiting.row.pk).first()
        if row is None or row.settled_at is not None:
            return None
        if user.is_suspended(at):
            raise NotDone(
                _("Your account is suspended: this was not published. Copy your text if you want to keep it.")
            )
        done = waiting.action.do(user=user, at=at)
        settle([waiting], at=at)
    return done


def settle(done: Iterable[Waiting], *, at: datetime) -> None:
    """Done, or given up. The row stays a while: the same may still come from another device."""
    keys = [each.row.pk for each in done]
    BegunAction.objects.filter(pk__in=keys).update(settled_at=at, payload={})


def ask_first(waiting: Waiting) -> None:
    """It could not be done: it is shown, and not tried again by itself."""
    BegunAction.objects.filter(pk=waiting.row.pk).update(is_asked=True)


def promise_to(request: HttpRequest) -> str:
    """What will come of what a visitor has just done."""
    kept = _in_session(request)
    return str(parsed(kept[-1]).promised) if kept else ""


def words_begun(request: HttpRequest) -> list[str]:
    """What the person of a request wrote and has not published yet."""
    user = request.user
    actions = [parsed(each) for each in _in_session(request)]
    if isinstance(user, User):
        actions += [each.action for each in waiting_for(user)]
    return [words for each in actions if (words := each.words())]


def _moment(timestamp: Any) -> datetime:
    """Where none was kept, too long ago to be done unasked."""
    try:
        return datetime.fromtimestamp(int(timestamp), tz=UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return timezone.now() - 2 * DONE_UNASKED_FOR
