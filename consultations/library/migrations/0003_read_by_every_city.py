from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("library", "0002_published_versions")]

    operations = [
        # The roles of this database are the service's own and the cities'.
        migrations.RunSQL(
            "GRANT SELECT ON library_challengeset, library_challengetemplate TO PUBLIC",
            "REVOKE SELECT ON library_challengeset, library_challengetemplate FROM PUBLIC",
        )
    ]
