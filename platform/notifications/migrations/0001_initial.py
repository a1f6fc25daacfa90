"""The tables are there: what had them before gives them up in a migration of its own, which runs before this one."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import notifications.registry
from django.conf import settings
from django.db import migrations, models

_PREFERENCE = migrations.CreateModel(
    name="MailPreference",
    fields=[
        ("user", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="mail_preference", serialize=False, to=settings.AUTH_USER_MODEL)),
        ("frequency", models.CharField(choices=[("AT_ONCE", "At once, and never more than one message an hour"), ("DAILY", "Once a day"), ("WEEKLY", "Once a week"), ("NEVER", "Never")], default="DAILY", max_length=20)),
        ("generation", models.PositiveIntegerField(default=1)),
        ("last_mail_at", models.DateTimeField(null=True)),
        ("next_mail_at", models.DateTimeField(help_text="A message is waiting to be sent then.", null=True)),
    ],
)
_NOTICE = migrations.CreateModel(
    name="Notice",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("type", models.CharField(choices=notifications.registry.choices, help_text="Key of a NoticeType.", max_length=40)),
        ("subjects", models.JSONField(default=dict, help_text="What it is about: hidden or removed, it takes the notice along.")),
        ("data", models.JSONField(default=dict, help_text="What else its words name.")),
        ("group_key", models.CharField(help_text="Notices of the same key become one.", max_length=80)),
        ("count", models.PositiveIntegerField(default=1)),
        ("facts", models.JSONField(default=list)),
        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
        ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
        ("read_at", models.DateTimeField(null=True)),
        ("mailed_at", models.DateTimeField(null=True)),
        ("actor", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
        ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="notices", to=settings.AUTH_USER_MODEL)),
    ],
    options={
        "ordering": ["-updated_at", "-pk"],
        "indexes": [
            models.Index(fields=["user", "-updated_at", "-id"], name="notice_list"),
            models.Index(condition=models.Q(("read_at", None)), fields=["user"], name="notice_unread"),
        ],
        "constraints": [
            models.UniqueConstraint(condition=models.Q(("mailed_at", None), ("read_at", None)), fields=("user", "group_key"), name="notice_grouped")
        ],
    },
)


def _gin(field):
    return django.contrib.postgres.indexes.GinIndex(
        fastupdate=False, fields=[field], name=f"notice_{field}", opclasses=["jsonb_path_ops"]
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = [("accounts", "0008_unread_notices")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[_PREFERENCE, _NOTICE]),
        migrations.AddIndex("notice", _gin("subjects")),
        migrations.AddIndex("notice", _gin("facts")),
    ]
