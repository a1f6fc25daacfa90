"""People, the links that let them in, and the trail of what they did."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.enums import AgeBand, Capacity, Role

# How long a public name may be, and what it is compared by (accounts.names).
NAME_MAX, KEY_MAX = 40, 200
# What a member of the team does, in their own words (accounts.functions).
FUNCTION_MAX = 60


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person in one schema: the same address in two cities is two persons who know nothing of each other."""

    email = models.EmailField(_("E-mail address"), max_length=254)
    public_name = models.CharField(_("Public name"), max_length=NAME_MAX, blank=True)
    name_key = models.CharField(
        max_length=KEY_MAX, blank=True, help_text="What the name looks like. Empty where somebody else had it before."
    )
    mailbox = models.CharField(
        max_length=254, blank=True, help_text="Where the address leads. Empty where somebody else had it before."
    )
    role = models.CharField(max_length=20, choices=Role, default=Role.PARTICIPANT)
    role_since = models.DateTimeField(null=True, help_text="When it was given. Empty: before that was noted.")
    role_before = models.CharField(max_length=20, choices=Role, blank=True, db_default="")
    function = models.CharField(
        max_length=FUNCTION_MAX, blank=True, db_default="", help_text="Of a member of the team, in their own words."
    )
    capacity = models.CharField(max_length=20, choices=Capacity, blank=True)
    age_band = models.CharField(max_length=20, choices=AgeBand, blank=True)
    neighbourhood = models.CharField(max_length=60, blank=True)
    language = models.CharField(
        max_length=10, blank=True, db_default="", help_text="Of the mails to them. Empty: French (common.languages)."
    )
    is_active = models.BooleanField(default=True)
    suspended_until = models.DateTimeField(
        null=True, help_text="Until then they read, and neither write nor react (consultations.moderation)."
    )
    created_at = models.DateTimeField(default=timezone.now)
    dormant_since = models.DateTimeField(
        null=True, help_text="When a mail said that the account, long unused, will be deleted (accounts.dormant)."
    )
    session_generation = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Sessions of a lower one have ended."
    )
    unread_notices = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Kept by the notifications engine (notifications.services.counting)."
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
            models.UniqueConstraint("name_key", name="user_name_unique", condition=~models.Q(name_key="")),
            models.UniqueConstraint("mailbox", name="user_mailbox_unique", condition=~models.Q(mailbox="")),
            models.CheckConstraint(
                condition=models.Q(function="") | ~models.Q(role=Role.PARTICIPANT), name="user_function_in_team"
            ),
        ]

    def __str__(self) -> str:
        return self.public_name or f"#{self.pk}"

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must carry to go on: Django's own, until the person ends all their sessions."""
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        value = f"{self.password}{self.session_generation or ''}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()

    @property
    def has_role(self) -> bool:
        """Whether any page may be for them that is not for everyone."""
        return self.role != Role.PARTICIPANT

    @property
    def is_staff_member(self) -> bool:
        """Of the city's team, or an operator; a delegate of the service is neither."""
        return self.role not in (Role.PARTICIPANT, Role.DELEGATE)

    @property
    def team_role(self) -> str:
        """In words; empty for who is not of the team."""
        return self.get_role_display() if self.is_staff_member else ""

    @property
    def badge(self) -> str:
        """What stands beside the name of a member of the city's team: their function, else their role."""
        return self.function or self.team_role.lower()

    @property
    def has_mailbox(self) -> bool:
        """A delegate comes in from the service's site: the address of their account is none."""
        return self.role != Role.DELEGATE

    @property
    def team_name(self) -> str:
        """Between colleagues: an address for who has no public name; of a delegate, the service."""
        return self.public_name or (self.email if self.has_mailbox else settings.SERVICE_NAME)

    @property
    def own_name(self) -> str:
        """As their own pages call them."""
        return str(self.get_role_display()) if self.role == Role.DELEGATE else self.public_name or self.email

    @property
    def signed_name(self) -> str:
        return signed_name(self.public_name, self.role)

    @property
    def is_operator(self) -> bool:
        return self.role == Role.OPERATOR

    def is_suspended(self, at: datetime) -> bool:
        return self.suspended_until is not None and at < self.suspended_until

    @property
    def has_come_in(self) -> bool:
        """Whether the person ever did: the address is theirs. Anybody can have an account made for any address."""
        return bool(self.last_login or self.public_name)


def signed_name(name: str, role: str) -> str:
    """The name as it stands in a sentence: of the city's team, it says so. Beside a byline stands `User.badge`."""
    if not name or role in (Role.PARTICIPANT, ""):
        return name
    return str(_("%(name)s (city team)") % {"name": name})


class SignInLink(models.Model):
    """A one-time link into this schema, and the code that came with it. Only the hashes of both are kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64, blank=True, help_text="Empty: without a code, or its codes are over.")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_in_links")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    from_shell = models.BooleanField(
        default=False, help_text="Made by whoever runs the server: stands for the second factor too."
    )
    carried = models.JSONField(default=dict, help_text="What the person had begun before asking to come in.")

    def __str__(self) -> str:
        return f"link {self.pk}"


class BegunAction(models.Model):
    """What a person began before they could do it (accounts.begun). Done or given up, its words go, its key stays."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="begun_actions", db_index=False)
    key = models.CharField(max_length=32, help_text="The same thing on another device has the same.")
    payload = models.JSONField(default=dict)
    begun_at = models.DateTimeField()
    is_asked = models.BooleanField(default=False, help_text="Shown to the person before it is done.")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="begun_once")]

    def __str__(self) -> str:
        return f"begun {self.pk}"


class TeamInvitation(models.Model):
    """A place in the team, offered to an address. Only the hash of its link is kept; once taken, for a day."""

    email = models.EmailField(max_length=254)
    mailbox = models.CharField(max_length=254)
    role = models.CharField(max_length=20, choices=Role)
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox"], condition=models.Q(accepted_at=None), name="team_invitation_one_waits"
            )
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


# How long the former address may take the account back: long enough for somebody who reads their mail once a week.
UNDO_ADDRESS_FOR = timedelta(days=8)


class AddressChange(models.Model):
    """Another address for an account: asked for, then confirmed, then for some days undone from the former one."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="address_changes")
    new_email = models.EmailField(max_length=254)
    code_hash = models.CharField(max_length=64, blank=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    former_email = models.EmailField(max_length=254, blank=True)
    undo_hash = models.CharField(max_length=64, blank=True, help_text="Of the link that the former address was sent.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(confirmed_at=None), name="address_change_one_asked"
            )
        ]

    def __str__(self) -> str:
        return f"address change {self.pk}"


class AuditEntry(models.Model):
    """Who did what to what, and when. The city's database role may add to it, never change it."""

    at = models.DateTimeField(default=timezone.now)
    # Not a constraint: whoever leaves, the trail keeps their number and is never written again.
    actor = models.ForeignKey(User, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=60, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type} {self.subject_id}"


class Neighbourhood(models.Model):
    """One of those that the city lists, to be chosen instead of typed. What people say of themselves keeps its name."""

    name = models.CharField(max_length=40)
    key = models.SlugField(max_length=60, unique=True, help_text="The name without case, accents and signs.")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name
