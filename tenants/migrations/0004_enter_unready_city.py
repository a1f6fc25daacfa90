from django.db import migrations

# As in 0002, and for the last check of a new city, one that is not ready yet (onboarding.checks).
ENTER_CITY = """
CREATE FUNCTION public.enter_city(
    host text, unready boolean,
    OUT municipality_id bigint, OUT municipality_row text, OUT schema_name text, OUT revision bigint
) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('role', 'none', false), set_config('search_path', 'public', false);
    SELECT m.id, m.xmin::text || m.ctid::text, m.schema_name
        INTO enter_city.municipality_id, enter_city.municipality_row, enter_city.schema_name
        FROM public.tenants_domain d JOIN public.tenants_municipality m ON m.id = d.tenant_id
        WHERE d.domain = host AND (m.ready_at IS NOT NULL OR unready) AND m.state <> 'DELETED';
    IF enter_city.municipality_id IS NOT NULL THEN
        EXECUTE format('SELECT value FROM %I.common_contentrevision', enter_city.schema_name)
            INTO enter_city.revision;
        PERFORM set_config('role', enter_city.schema_name, false),
            set_config('search_path', format('%I,public', enter_city.schema_name), false);
    END IF;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_lifecycle_domains_structure")]

    operations = [
        migrations.RunSQL("DROP FUNCTION public.enter_city(text)", migrations.RunSQL.noop),
        migrations.RunSQL(ENTER_CITY, "DROP FUNCTION public.enter_city(text, boolean)"),
    ]
