"""Each index of a city is kept by every write and remembered by every connection, a thousand cities over: none is for
nothing.
"""

from django.db import connection

from tenants.models import Municipality

# What the model of a package says: django-allauth's, whose index of (user, email) begins with the user.
_NOT_OURS = ["account_emailaddress_user_id_2c513194"]
# Plain B-trees that enforce nothing: those of words by their beginning, and those whose columns begin another index.
_NEVER_USEFUL = """
WITH known AS (
  SELECT i.indexrelid, i.indrelid, c.relname AS name, i.indisunique, i.indnkeyatts AS width, o.opcname,
         i.indkey::int2[] AS columns, i.indclass::oid[] AS classes, i.indcollation::oid[] AS collations
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
  JOIN pg_opclass o ON o.oid = i.indclass[0]
  WHERE c.relnamespace = %s::regnamespace AND a.amname = 'btree' AND i.indpred IS NULL AND i.indexprs IS NULL
)
SELECT one.indrelid::regclass::text, one.name, coalesce(min(longer.name), '')
FROM known one LEFT JOIN known longer ON longer.indrelid = one.indrelid AND longer.indexrelid <> one.indexrelid
  AND one.columns[0:one.width - 1] = longer.columns[0:one.width - 1]
  AND one.classes[0:one.width - 1] = longer.classes[0:one.width - 1]
  AND one.collations[0:one.width - 1] = longer.collations[0:one.width - 1]
  AND (longer.width > one.width OR longer.indisunique OR longer.indexrelid < one.indexrelid)
WHERE NOT one.indisunique AND one.name <> ALL(%s) AND (longer.name IS NOT NULL OR one.opcname LIKE '%%pattern_ops')
GROUP BY 1, 2 ORDER BY 1, 2
"""


def _never_useful(city: Municipality) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_NEVER_USEFUL, [city.schema_name, _NOT_OURS])
        return [
            f"{name} of {table}: "
            + (
                f"« {longer} » begins with the same columns, say db_index=False where the model has it"
                if longer
                else "only a LIKE 'x%' would use it"
            )
            for table, name, longer in cursor.fetchall()
        ]


def test_no_index_of_a_city_is_for_nothing(saran: Municipality) -> None:
    found = _never_useful(saran)
    assert not found, "drop them in a migration, as drop_indexes of framing does:\n" + "\n".join(found)


def test_an_index_that_repeats_another_is_found(saran: Municipality) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL search_path = {saran.schema_name}, public")
        cursor.execute("CREATE INDEX again ON framing_phase (consultation_id)")
        cursor.execute("CREATE INDEX again_like ON framing_challenge (slug varchar_pattern_ops)")
    found = "\n".join(_never_useful(saran))
    assert "again of " in found
    assert "phase_kind_once" in found
    assert "again_like of " in found
