from django.db import migrations

# The beginning of every request to a city, in one statement instead of four: whose host this is, whether
# the city has changed since it was last read (xmin and ctid name the state of its row), its content revision, its role and search path.
# tenants.postgresql calls it. Not SECURITY DEFINER: PostgreSQL lets no such function change the role.
ENTER_CITY = """
CREATE FUNCTION public.enter_city(
    host text, OUT municipality_id bigint, OUT municipality_row text, OUT schema_name text, OUT revision bigint
) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('role', 'none', false), set_config('search_path', 'public', false);
    SELECT m.id, m.xmin::text || m.ctid::text, m.schema_name
        INTO enter_city.municipality_id, enter_city.municipality_row, enter_city.schema_name
        FROM public.tenants_domain d JOIN public.tenants_municipality m ON m.id = d.tenant_id
        WHERE d.domain = host AND m.ready_at IS NOT NULL AND m.state <> 'DELETED';
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
    dependencies = [("tenants", "0001_initial")]

    operations = [migrations.RunSQL(ENTER_CITY, "DROP FUNCTION public.enter_city(text)")]
