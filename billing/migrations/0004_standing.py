from datetime import date

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_issuing")]
    operations = [
        migrations.AddField(
            model_name="account",
            name="stopped_at",
            field=models.DateTimeField(
                help_text="When its city was made read-only for want of payment.", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(
                condition=models.Q(("stopped_at__isnull", False)),
                fields=["stopped_at"],
                name="billing_account_stopped",
            ),
        ),
        migrations.AddField(
            model_name="reminder",
            name="counted_from",
            # Nothing has been reminded of yet.
            field=models.DateField(default=date(2026, 1, 1), help_text="That day, as it was then."),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="reminder",
            name="foreseen_on",
            field=models.DateField(help_text="The day of reading only that it announced.", null=True),
        ),
        migrations.AlterModelOptions(name="reminder", options={"ordering": ["counted_from", "day"]}),
        migrations.RemoveConstraint(model_name="reminder", name="billing_reminder_once"),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=("invoice", "day", "counted_from"), name="billing_reminder_once"
            ),
        ),
    ]
