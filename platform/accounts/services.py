"""Writing people."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import begun
from accounts.abilities import MANAGE_TEAM, may
from accounts.audit import record
from accounts.enums import TEAM_ROLES, Role
from accounts.erasure import UNUSED_KEPT, forget_unused
from accounts.events import name_chosen, role_changed
from accounts.mail import send_mail_later
from accounts.mailboxes import mailbox_of
from accounts.models import SignInLink, User
from accounts.names import NameTaken, check_name, claims_an_office, free_name, is_reserved, key_of
from accounts.neighbourhoods import choose_neighbourhood
from accounts.selectors import able_administrators, person_of
from common.assigned import let_go
from common.languages import as_kept
from common.meanwhile import ChangedMeanwhile, mark_of
from common.outbox import announce_later
from common.refusals import Refusal
from common.text import clean_text


class LinkRefused(Refusal):
    """The link is unknown, used, or too old."""

    code = "sign_in_link_refused"
    status = 410
    message = _("This link no longer works")


def find_or_create_user(*, email: str, role: str = Role.PARTICIPANT) -> User:
    """The person of this schema with that mailbox, made if need be. Two at once make one.

    While nobody has come in, the address is the one written last: whoever first typed a mistaken spelling of somebody
    else's does not keep it.
    """
    email = email.strip().lower()
    user = person_of(email)
    if user is not None and user.last_login is None and user.email != email:
        user.email = email
        user.save(update_fields=["email"])
    if user is None:
        try:
            with transaction.atomic():
                user = User(email=email, mailbox=mailbox_of(email), role=role)
                user.set_unusable_password()
                user.save()
        except IntegrityError:
            user = person_of(email)
            assert user is not None
    return user


def remember_language(user: User, code: str) -> None:
    """In which we write to somebody from now on: that in which they came in, or which they chose."""
    language = as_kept(code)
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])


def appoint(*, email: str, role: str, actor: User | None) -> User:
    """Give a person of this schema a role, making the account if need be. Already so: nothing happens."""
    with transaction.atomic():
        user = find_or_create_user(email=email, role=role)
        if user.role != role or user.role_since is None:
            set_role(user, role, at=timezone.now())
        record("role_given", actor=actor, subject=user, role=role)
    return user


# ── The team of a city ───────────────────────────────────────────────────────


class LastAdministrator(Refusal):
    code = "last_administrator"
    message = _(
        "The team needs an administrator who has come in and set up a second factor. Give this role to somebody else, "
        "and wait until they have done so."
    )


class NotInTeam(Refusal):
    code = "not_in_team"
    message = _("This person is no longer in the team.")


def set_role(user: User, role: str, *, at: datetime) -> None:
    """And note since when, and what it was: whoever was just writing by the former one reads why it cannot be done.

    An administrator may have said an office of themselves: without that role it stands there once another one says it.
    """
    could = may(user, MANAGE_TEAM)
    user.role_before, user.role, user.role_since = user.role, role, at
    if not user.is_staff_member or (could and not may(user, MANAGE_TEAM) and claims_an_office(user.function)):
        user.function = ""
    user.save(update_fields=["role", "role_before", "role_since", "function"])


def change_team_role(*, member_id: int, role: str, actor: User, city: Any, revision: str = "") -> User:
    """Give a member of the team another role, and tell them and the administrators. The same one: nothing happens.

    `revision`: of the role that the actor has seen, if any. Raises ChangedMeanwhile with the member as they are now,
    LastAdministrator, or NotInTeam where they left meanwhile.
    """
    with transaction.atomic():
        member = _locked_member(member_id, stays_administrator=role == Role.ADMINISTRATOR)
        if member.role != role:
            if revision and revision != mark_of(member.role):
                raise ChangedMeanwhile(member)
            before = member.role
            set_role(member, role, at=timezone.now())
            let_go(member)
            announce_later(role_changed, user_id=member.pk)
            record("team_role_changed", actor=actor, subject=member, before=before, role=role)
            _mail_new_role(member, actor=actor, city=city)
    return member


def remove_from_team(*, member_id: int, actor: User, city: Any) -> User:
    """Take somebody out of the team: they stay a participant, and what they wrote stays theirs. They are told.

    Raises LastAdministrator, or NotInTeam where they left already.
    """
    with transaction.atomic():
        member = _locked_member(member_id, stays_administrator=False)
        before = member.role
        set_role(member, Role.PARTICIPANT, at=timezone.now())
        gives_up_role(member)
        record("team_removed", actor=actor, subject=member, before=before)
        _mail_new_role(member, actor=actor, city=city)
    return member


def gives_up_role(member: User) -> None:
    """Somebody has a lower role, or none: what went with the former one goes."""
    let_go(member)
    announce_later(role_changed, user_id=member.pk)
    if not member.is_staff_member and member.public_name and is_reserved(member.public_name):
        # Only the team speaks as the authority. They may choose another name in their account.
        member.public_name = free_name(str(_("Formerly of the team")), user=member)
        member.name_key = key_of(member.public_name)
        member.save(update_fields=["public_name", "name_key"])


def _mail_new_role(member: User, *, actor: User, city: Any) -> None:
    """By mail: a stolen session does not change a team unseen."""
    role = member.team_role  # empty for who has left the team
    send_mail_later(template="accounts/email/role_changed", to=member.email, context={"city": city, "role": role})
    mail_administrators(email=member.email, role=role, actor=actor, city=city, but=member)


def mail_administrators(
    *, email: str, role: str, actor: User, city: Any, what: str = "", but: User | None = None
) -> None:
    """All but the person whom it is about; whoever did it, too: it may have been their session, and not them.

    `what`: "invited", "joined", or nothing: a role has changed, or was taken away (none). Who never came in is not
    told: nobody has confirmed their address, and the message holds those of others.
    """
    context = {
        "city": city,
        "email": email,
        "role": role,
        "what": what,
        "by": actor.email,
        "url": city.url.rstrip("/") + reverse("desk_team", urlconf=settings.ROOT_URLCONF),
    }
    people = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True, last_login__isnull=False)
    if but is not None:
        people = people.exclude(pk=but.pk)
    for each in people.order_by("pk"):
        send_mail_later(template="accounts/email/team_changed", to=each.email, context=context)


def _locked_member(member_id: int, *, stays_administrator: bool) -> User:
    """With every administrator locked: two who send each other away take turns, and the second is refused."""
    list(User.objects.filter(role=Role.ADMINISTRATOR).order_by("pk").select_for_update(no_key=True))
    others = able_administrators().exclude(pk=member_id)
    member = User.objects.select_for_update(no_key=True).filter(pk=member_id, role__in=TEAM_ROLES).first()
    if member is None:
        raise NotInTeam
    if member.role == Role.ADMINISTRATOR and not stays_administrator and not others.exists():
        raise LastAdministrator
    return member


def issue_sign_in_link(
    *,
    user: User,
    carried: dict[str, Any] | None = None,
    from_shell: bool = False,
    lifetime: timedelta | None = None,
) -> str:
    """A one-time token that lets `user` in. Only its hash is stored: the token exists in the return value alone."""
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        token_hash=_hashed(token),
        user=user,
        carried=carried or {},
        from_shell=from_shell,
        expires_at=timezone.now() + (lifetime or timedelta(minutes=settings.SIGN_IN_LINK_LIFETIME_MINUTES)),
    )
    return token


def usable_link(*, token: str, at: datetime) -> SignInLink:
    """The link of a token, unspent. Raises LinkRefused."""
    link = SignInLink.objects.select_related("user").filter(token_hash=_hashed(token)).first()
    if link is None or link.used_at or link.expires_at <= at or not link.user.is_active:
        raise LinkRefused
    return link


def spend_link(*, token: str, at: datetime) -> SignInLink:
    """Use a link up; what was begun before asking for it waits for its person. Of two at once, one gets LinkRefused."""
    link = usable_link(token=token, at=at)
    with transaction.atomic():
        if not spend(link, at=at):
            raise LinkRefused
        begun.entrust(link.carried.get(begun.SESSION_KEY, []), user=link.user, by_link=True)
    return link


def spend(link: SignInLink, *, at: datetime) -> bool:
    """Use a link or its code up, and with it all that was sent before: who is in needs no older message.

    False where another was first.
    """
    if not SignInLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=at):
        return False
    SignInLink.objects.filter(user_id=link.user_id, used_at__isnull=True, created_at__lte=at).update(used_at=at)
    return True


def remember_late_link(request: HttpRequest, token: str) -> None:
    """A link that is over lets nobody in, but what was begun before it was asked for is not lost: whoever asks for
    another on this device, and comes in as the same person, still finds it (begin_again)."""
    link = SignInLink.objects.filter(token_hash=_hashed(token)).exclude(carried={}).first()
    if link is not None:
        request.session[_LATE_LINKS] = [*request.session.get(_LATE_LINKS, []), link.pk][-5:]


def begin_again(request: HttpRequest, *, user: User) -> None:
    """Give somebody who has come in what the links of theirs carried that they opened too late."""
    late = SignInLink.objects.filter(pk__in=request.session.pop(_LATE_LINKS, []), user=user)
    for link in late.order_by("pk"):
        begun.entrust(link.carried.get(begun.SESSION_KEY, []), user=user, by_link=True)


_LATE_LINKS = "late_links"


def complete_profile(
    *, user: User, public_name: str, capacity: str, age_band: str = "", neighbourhood: str = ""
) -> None:
    """Say how a person appears to others. Raises NameRefused: of two who ask for one name at once, one gets it.

    Raises NeighbourhoodRefused.
    """
    public_name = clean_text(public_name, one_line=True)
    check_name(public_name, user=user)
    choose_neighbourhood(neighbourhood, before=user.neighbourhood)
    before = (user.public_name, user.name_key)
    if public_name != user.public_name:
        user.public_name, user.name_key = public_name, key_of(public_name)
    user.capacity, user.age_band, user.neighbourhood = capacity, age_band, neighbourhood
    try:
        with transaction.atomic():
            user.save(update_fields=["public_name", "name_key", "capacity", "age_band", "neighbourhood"])
            record("profile_completed", actor=user, subject=user)
            if user.public_name != before[0]:
                announce_later(name_chosen, user_id=user.pk)
    except IntegrityError as taken:
        user.public_name, user.name_key = before
        raise NameTaken(free_name(public_name, user=user)) from taken


def forget_expired(*, at: datetime, people: bool = True) -> None:
    """Remove sessions and links past their time, and accounts that asked for a code a week ago and never came in.

    Without `people`, accounts stay: a city that only reads may not remove them.
    """
    Session.objects.filter(expire_date__lt=at).delete()
    SignInLink.objects.filter(expires_at__lt=at - timedelta(days=7)).delete()
    if people:
        forget_unused(at=at)


def expired(*, at: datetime) -> list[tuple[str, str]]:
    """What `forget_expired` would find: tables and conditions, for many cities at once. SQL of ours alone."""
    now = f"timestamptz '{at.isoformat()}'"
    unused = f"role = '{Role.PARTICIPANT.value}' AND last_login IS NULL AND public_name = ''"
    return [
        (Session._meta.db_table, f"expire_date < {now}"),
        (SignInLink._meta.db_table, f"expires_at < {now} - interval '7 days'"),
        (User._meta.db_table, f"{unused} AND created_at < {now} - interval '{UNUSED_KEPT.total_seconds():.0f} s'"),
    ]


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
