from django.conf import settings
from django.db import migrations
from psycopg import sql


def reserve(apps, schema_editor):
    """The hosts of cities that opened and the domains of all, those in use and those that a trail remembers."""
    Municipality = apps.get_model("tenants", "Municipality")
    HostReservation = apps.get_model("tenants", "HostReservation")
    service = f".{settings.PUBLIC_HOST}"
    for city in Municipality.objects.exclude(state="DELETED").order_by("pk"):
        hosts = {
            host
            for host in city.domains.order_by("pk").values_list("domain", flat=True)
            if city.opened_at or not host.endswith(service)
        }
        hosts |= _used_before(schema_editor.connection, city)
        HostReservation.objects.bulk_create(
            [
                HostReservation(
                    host=host,
                    schema_name=city.schema_name,
                    kind=city.kind,
                    authority_code=city.authority_code,
                    name=city.name,
                )
                for host in sorted(hosts)
            ],
            ignore_conflicts=True,
        )


def _used_before(connection, city):
    """Domains that it had, by its own trail and by the service's: operators write there."""
    found = set()
    with connection.cursor() as cursor:
        for schema in ("public", city.schema_name):
            cursor.execute("SELECT to_regclass(%s)", [f"{schema}.accounts_auditentry"])
            if cursor.fetchone()[0] is None:
                continue
            cursor.execute(
                sql.SQL(
                    "SELECT details->>'domain' FROM {} WHERE action = 'domain_in_use' AND subject_id = %s"
                ).format(sql.Identifier(schema, "accounts_auditentry")),
                [str(city.pk)],
            )
            found |= {row[0] for row in cursor.fetchall() if row[0]}
    return found


class Migration(migrations.Migration):
    dependencies = [("tenants", "0007_host_reservations")]

    operations = [migrations.RunPython(reserve, migrations.RunPython.noop)]
