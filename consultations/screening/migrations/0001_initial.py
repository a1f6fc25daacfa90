from django.db import migrations, models

# A version says for ever what it said: what it flagged stays explainable.
KEEP = """
CREATE FUNCTION public.screening_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a version of the lexicon never changes'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'lexicon_version_is_kept';
END
$$;
CREATE TRIGGER screening_keep_version BEFORE UPDATE OR DELETE ON public.screening_lexiconversion
    FOR EACH ROW EXECUTE FUNCTION public.screening_keep_version();
"""
FORGET = """
DROP TRIGGER screening_keep_version ON public.screening_lexiconversion;
DROP FUNCTION public.screening_keep_version();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="LexiconVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True)),
                ("always", models.TextField(blank=True)),
                ("aimed", models.TextField(blank=True)),
                ("images", models.TextField(blank=True)),
                ("phrases", models.TextField(blank=True)),
                ("innocent", models.TextField(blank=True)),
                ("places", models.TextField(blank=True)),
                ("note", models.CharField(help_text="Why it was made, for colleagues.", max_length=200)),
                (
                    "made_by",
                    models.CharField(help_text="As the team knows them: the trail forgets.", max_length=254),
                ),
                ("created_at", models.DateTimeField()),
            ],
            options={"ordering": ["-number"]},
        ),
        migrations.RunSQL(KEEP, FORGET),
        # The roles of this database are the service's own and the cities'.
        migrations.RunSQL(
            "GRANT SELECT ON screening_lexiconversion TO PUBLIC",
            "REVOKE SELECT ON screening_lexiconversion FROM PUBLIC",
        ),
    ]
