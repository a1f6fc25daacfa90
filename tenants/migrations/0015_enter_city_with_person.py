from django.db import migrations

# As in 0004, with what others see soon (common.pagecache), and who asks: the session of a key and the person whose it is,
# read with the city's own role from the city's own schema. These statements are static: their plans are kept as long as
# the same city is asked for; PostgreSQL plans them anew where the search path is another. The function of before stays for
# processes of the release before.
ENTER_CITY = r"""
CREATE FUNCTION public.enter_city(
    host text, unready boolean, wanted_session text,
    OUT municipality_id bigint, OUT municipality_row text, OUT schema_name text, OUT revision bigint, OUT soon bigint,
    OUT session_data text, OUT person json
) LANGUAGE plpgsql AS $$
DECLARE
    payload text;
BEGIN
    PERFORM set_config('role', 'none', false), set_config('search_path', 'public', false);
    SELECT m.id, m.xmin::text || m.ctid::text, m.schema_name
        INTO enter_city.municipality_id, enter_city.municipality_row, enter_city.schema_name
        FROM public.tenants_domain d JOIN public.tenants_municipality m ON m.id = d.tenant_id
        WHERE d.domain = host AND (m.ready_at IS NOT NULL OR unready) AND m.state <> 'DELETED';
    IF enter_city.municipality_id IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('role', enter_city.schema_name, false),
        set_config('search_path', format('%I,public', enter_city.schema_name), false);
    SELECT r.value, r.soon INTO enter_city.revision, enter_city.soon FROM common_contentrevision r;
    IF wanted_session = '' THEN
        RETURN;
    END IF;
    SELECT s.session_data INTO enter_city.session_data FROM django_session s
        WHERE s.session_key = wanted_session AND s.expire_date > now();
    -- Whose it is: what is signed begins with plain base64 (accounts.sessions). Python checks the signature, and that
    -- the session is theirs and has not ended.
    payload := substring(enter_city.session_data FROM '^[A-Za-z0-9_-]+');
    IF payload IS NOT NULL THEN
        SELECT row_to_json(u) INTO enter_city.person FROM accounts_user u
            WHERE u.is_active AND u.id = (convert_from(decode(
                translate(payload, '-_', '+/') || repeat('=', (4 - length(payload) % 4) % 4), 'base64'
            ), 'UTF8')::json ->> '_auth_user_id')::bigint;
    END IF;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0014_the_end_of_a_subscription")]

    operations = [migrations.RunSQL(ENTER_CITY, "DROP FUNCTION public.enter_city(text, boolean, text)")]
