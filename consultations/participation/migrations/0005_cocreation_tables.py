from django.db import migrations

TABLES = ("coauthorinvitation", "collectiveproposal", "collectivesource", "reworkdraft")

# What hangs on a table is named after it: its constraints (with their indexes), its other indexes, its sequence.
_RENAME_THE_REST = """
DO $$
DECLARE its record;
BEGIN
  FOR its IN
    SELECT conrelid::regclass AS place, conname AS name FROM pg_constraint
    WHERE conrelid = 'cocreation_{table}'::regclass AND conname LIKE 'participation\\_%'
  LOOP
    EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', its.place, its.name,
      regexp_replace(its.name, '^participation_', 'cocreation_'));
  END LOOP;
  FOR its IN
    SELECT c.oid::regclass AS place, c.relname AS name FROM pg_class c
    WHERE c.relname LIKE 'participation\\_%' AND (
      c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = 'cocreation_{table}'::regclass)
      OR c.relkind = 'S' AND c.oid IN (
        SELECT objid FROM pg_depend WHERE refobjid = 'cocreation_{table}'::regclass AND classid = 'pg_class'::regclass))
  LOOP
    EXECUTE format('ALTER %s %s RENAME TO %I',
      CASE (SELECT relkind FROM pg_class WHERE oid = its.place) WHEN 'S' THEN 'SEQUENCE' ELSE 'INDEX' END,
      its.place, regexp_replace(its.name, '^participation_', 'cocreation_'));
  END LOOP;
END $$
"""


class Migration(migrations.Migration):
    """Four tables become cocreation's: renamed with all that hangs on them, nothing is copied."""

    dependencies = [
        ("participation", "0004_invited_mailboxes"),
        ("animation", "0002_notifications"),  # until then its notices point to two of them
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                *(migrations.AlterModelTable(table, f"cocreation_{table}") for table in TABLES),
                migrations.RunSQL([_RENAME_THE_REST.replace("{table}", table) for table in TABLES]),
            ]
        ),
    ]
