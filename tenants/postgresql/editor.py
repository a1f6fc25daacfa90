"""Django's schema editor, in statements that a schema on Citus takes too: each constraint of a column that is added in
a statement of its own, and named as PostgreSQL would."""

from typing import Any

from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.models import Field, Model


class CitusSchemaEditor(DatabaseSchemaEditor):
    sql_create_column_inline_fk = None  # type: ignore[assignment]  # the key comes at the end of the migration, as for a new table
    sql_delete_fk = "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s"
    sql_update_with_default = "UPDATE %(table)s SET %(column)s = %(default)s WHERE %(column)s IS NULL"

    def add_field(self, model: type[Model], field: "Field[Any, Any]") -> None:
        check = field.db_parameters(connection=self.connection)["check"]
        if not check:
            super().add_field(model, field)
            return
        field.db_check = lambda connection: None  # type: ignore[method-assign]
        try:
            super().add_field(model, field)
        finally:
            del field.db_check
        name = f"{model._meta.db_table}_{field.column}_check"
        if len(name) > (self.connection.ops.max_name_length() or 63):
            name = self._create_index_name(  # type: ignore[attr-defined]
                model._meta.db_table, [field.column], suffix="_check"
            )
        self.execute(self._create_check_sql(model, name, check))  # type: ignore[attr-defined]
