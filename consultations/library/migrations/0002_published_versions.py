import django.db.models.functions
from django.db import migrations, models

# A published version is what cities have copied: it says for ever what it said. Only its withdrawal may change.
KEEP = """
CREATE FUNCTION public.library_keep_published_set() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'withdrawn_at' = to_jsonb(NEW) - 'withdrawn_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a published version of a challenge set never changes'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'challenge_set_published_is_kept';
END
$$;
CREATE TRIGGER library_keep_published_set BEFORE UPDATE OR DELETE ON public.library_challengeset
    FOR EACH ROW EXECUTE FUNCTION public.library_keep_published_set();

CREATE FUNCTION public.library_keep_published_template() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM public.library_challengeset s WHERE s.id = OLD.challenge_set_id AND s.published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a challenge of a published version never changes'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'challenge_template_published_is_kept';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER library_keep_published_template BEFORE UPDATE OR DELETE ON public.library_challengetemplate
    FOR EACH ROW EXECUTE FUNCTION public.library_keep_published_template();
"""
FORGET = """
DROP TRIGGER library_keep_published_set ON public.library_challengeset;
DROP TRIGGER library_keep_published_template ON public.library_challengetemplate;
DROP FUNCTION public.library_keep_published_set();
DROP FUNCTION public.library_keep_published_template();
"""


def publish_what_is_there(apps, schema_editor):
    """Until now every version was in use as soon as it was written."""
    apps.get_model("library", "ChallengeSet").objects.update(published_at=django.db.models.functions.Now())


class Migration(migrations.Migration):
    dependencies = [("library", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="challengeset",
            name="published_at",
            field=models.DateTimeField(blank=True, help_text="Empty while a draft.", null=True),
        ),
        migrations.AddField(
            model_name="challengeset",
            name="withdrawn_at",
            field=models.DateTimeField(
                blank=True, help_text="No longer offered; cities that have it lose nothing.", null=True
            ),
        ),
        migrations.AddField(
            model_name="challengeset",
            name="revision",
            field=models.PositiveIntegerField(
                default=1, help_text="Counts the changes to a draft, so that two persons cannot overwrite each other."
            ),
        ),
        migrations.AddField(
            model_name="challengetemplate", name="revision", field=models.PositiveIntegerField(default=1)
        ),
        migrations.AlterField(
            model_name="challengetemplate",
            name="code",
            field=models.SlugField(help_text="The same from version to version: cities find it by it.", max_length=60),
        ),
        migrations.RunPython(publish_what_is_there, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="challengeset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("published_at__isnull", True)), fields=("code",), name="challenge_set_one_draft"
            ),
        ),
        migrations.RunSQL(KEEP, FORGET),
    ]
