"""Of what was told of each part, how many persons there are: and nothing of what they did."""

from django.db import migrations

_ONLY_PERSONS = """
UPDATE analysis_breakdown SET shown = (
  SELECT coalesce(jsonb_object_agg(key, CASE jsonb_typeof(value) WHEN 'object' THEN value -> 'persons' ELSE value END), '{}')
  FROM jsonb_each(shown)
)
"""


class Migration(migrations.Migration):
    dependencies = [("analysis", "0006_told_once")]

    operations = [migrations.RunSQL(_ONLY_PERSONS, migrations.RunSQL.noop)]
