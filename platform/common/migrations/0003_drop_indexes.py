from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0002_changed_scopes"),
    ]

    operations = [
        # Nobody searches scopes by their beginning.
        migrations.RunSQL('DROP INDEX IF EXISTS "common_changedscope_scope_00de1e13_like"', migrations.RunSQL.noop),
    ]
