from django.db import migrations

# Counts of common.limits. Unlogged: nothing is lost that matters, and no request waits for the disk.
# The functions run with their owner's rights: a city's role may count, and neither read nor change what is counted.
LIMITS = """
CREATE UNLOGGED TABLE public.limit_counts (
    key bytea PRIMARY KEY,
    count integer NOT NULL,
    ends_at timestamptz NOT NULL
);
CREATE INDEX limit_counts_ends_at ON public.limit_counts (ends_at);

-- Counts one for each key, or for none: `refused` is then the position of the key that stays full the longest.
-- Keys are taken in one order, so that two requests that share several never wait for each other.
CREATE FUNCTION public.take_limits(
    keys bytea[], amounts integer[], seconds integer[], OUT refused integer, OUT retry_at timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moment timestamptz := clock_timestamp();
BEGIN
    WITH asked AS (
        SELECT * FROM unnest(keys, amounts, seconds) WITH ORDINALITY AS a(key, amount, period, position)
    ), taken AS (
        INSERT INTO public.limit_counts AS c (key, count, ends_at)
        SELECT key, 1, moment + make_interval(secs => period) FROM asked ORDER BY key
        ON CONFLICT (key) DO UPDATE SET
            count = CASE WHEN c.ends_at <= moment THEN 1 ELSE c.count + 1 END,
            ends_at = CASE WHEN c.ends_at <= moment THEN excluded.ends_at ELSE c.ends_at END
        RETURNING c.key, c.count, c.ends_at
    )
    SELECT position, taken.ends_at INTO refused, retry_at
        FROM taken JOIN asked USING (key) WHERE taken.count > asked.amount
        ORDER BY taken.ends_at DESC LIMIT 1;
    IF refused IS NOT NULL THEN
        UPDATE public.limit_counts SET count = count - 1 WHERE key = ANY (keys);
    END IF;
END
$$;

CREATE FUNCTION public.give_limits_back(keys bytea[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE public.limit_counts SET count = greatest(count - 1, 0) WHERE key = ANY (keys)
$$;

CREATE FUNCTION public.limits_free_at(keys bytea[], amounts integer[]) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT max(ends_at) FROM unnest(keys, amounts) AS a(key, amount) JOIN public.limit_counts c USING (key)
    WHERE c.count >= a.amount AND c.ends_at > clock_timestamp()
$$;
"""

UNDO = """
DROP FUNCTION public.limits_free_at(bytea[], integer[]);
DROP FUNCTION public.give_limits_back(bytea[]);
DROP FUNCTION public.take_limits(bytea[], integer[], integer[]);
DROP TABLE public.limit_counts;
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0005_domain_checks")]

    operations = [migrations.RunSQL(LIMITS, UNDO)]
