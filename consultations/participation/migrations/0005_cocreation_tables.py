from django.db import migrations

TABLES = {
    "coauthorinvitation": "cocreation_coauthorinvitation",
    "collectiveproposal": "cocreation_mergerequest",
    "collectivesource": "cocreation_mergesource",
    "reworkdraft": "cocreation_reworkdraft",
}

# What hangs on a table is named after it: its constraints (with their indexes), its other indexes, its sequence.
_RENAME_THE_REST = """
DO $$
DECLARE its record;
BEGIN
  FOR its IN
    SELECT conrelid::regclass AS place, conname AS name FROM pg_constraint
    WHERE conrelid = '{table}'::regclass AND conname LIKE 'participation\\_%'
  LOOP
    EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', its.place, its.name,
      replace(regexp_replace(its.name, '^participation_', 'cocreation_'), '{former}', '{noun}'));
  END LOOP;
  FOR its IN
    SELECT c.oid::regclass AS place, c.relname AS name FROM pg_class c
    WHERE c.relname LIKE 'participation\\_%' AND (
      c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = '{table}'::regclass)
      OR c.relkind = 'S' AND c.oid IN (
        SELECT objid FROM pg_depend WHERE refobjid = '{table}'::regclass AND classid = 'pg_class'::regclass))
  LOOP
    EXECUTE format('ALTER %s %s RENAME TO %I',
      CASE (SELECT relkind FROM pg_class WHERE oid = its.place) WHEN 'S' THEN 'SEQUENCE' ELSE 'INDEX' END,
      its.place, replace(regexp_replace(its.name, '^participation_', 'cocreation_'), '{former}', '{noun}'));
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
                *(migrations.AlterModelTable(former, table) for former, table in TABLES.items()),
                migrations.RunSQL(
                    [
                        _RENAME_THE_REST.replace("{table}", table).replace("{former}", former).replace("{noun}", table[11:])
                        for former, table in TABLES.items()
                    ]
                ),
            ]
        ),
    ]
