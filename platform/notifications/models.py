"""What people are notified of, on the site and by e-mail."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from notifications.enums import Frequency
from notifications.registry import choices


class Notice(models.Model):
    """One piece of news for one person. While it is neither read nor mailed, more of the same is counted into it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices", db_index=False)
    type = models.CharField(max_length=40, choices=choices, help_text="Key of a NoticeType.")
    # Natural references, {name of a Subject: key}. The words are composed when it is shown.
    subjects = models.JSONField(
        default=dict, help_text="What it is about: hidden or removed, it takes the notice along."
    )
    data = models.JSONField(default=dict, help_text="What else its words name.")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    group_key = models.CharField(max_length=80, help_text="Notices of the same key become one.")
    count = models.PositiveIntegerField(default=1)
    # The facts counted already, as "name:key" where the fact is a Subject: one announced twice is counted once.
    facts = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [
            models.Index(fields=["user", "-updated_at", "-id"], name="notice_list"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notice_unread"),
            # To find those of what is hidden or removed.
            GinIndex(fields=["subjects"], opclasses=["jsonb_path_ops"], name="notice_subjects", fastupdate=False),
            GinIndex(fields=["facts"], opclasses=["jsonb_path_ops"], name="notice_facts", fastupdate=False),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "group_key"], condition=models.Q(read_at=None, mailed_at=None), name="notice_grouped"
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.user_id}"


class MailPreference(models.Model):
    """How often a person is written to. No row: as the default says."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="mail_preference"
    )
    frequency = models.CharField(max_length=20, choices=Frequency, default=Frequency.DAILY)
    # Unsubscribing links are made for one generation: wanting mail again makes those of older messages void.
    generation = models.PositiveIntegerField(default=1)
    last_mail_at = models.DateTimeField(null=True)
    next_mail_at = models.DateTimeField(null=True, help_text="A message is waiting to be sent then.")

    def __str__(self) -> str:
        return self.frequency


class MailAgreement(models.Model):
    """Whether a person agrees to messages of the city (campaigns), which are not news of what they do here.

    A row is made when they first agree, and stays once they no longer do: it says when each was.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="mail_agreement"
    )
    agreed_at = models.DateTimeField()
    words = models.TextField(help_text="What stood beside the box that they ticked.")
    withdrawn_at = models.DateTimeField(null=True, help_text="Since when they want no more. Empty: they agree.")
    # As of MailPreference: agreeing again makes the links of older messages void.
    generation = models.PositiveIntegerField(default=1)
    # What came back (services.bounces). Of an address: another one of theirs is written to again.
    bounced_email = models.EmailField(max_length=254, blank=True)
    bounces = models.PositiveSmallIntegerField(default=0, help_text="Messages that came back from that address.")
    undeliverable = models.EmailField(max_length=254, blank=True, help_text="Nothing more is sent to it.")
    undeliverable_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"agreement {self.pk}"

    @property
    def holds(self) -> bool:
        return self.withdrawn_at is None
