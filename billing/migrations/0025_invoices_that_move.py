from django.db import migrations

# As in 0006; but a city that moves to another installation takes its invoices along (tenants.cells): what has noted their
# numbers as having left with it may delete them here.
KEEP = """
CREATE OR REPLACE FUNCTION public.billing_keep_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.number IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM public.tenants_citymove
        WHERE NOT is_incoming AND ended_at IS NULL AND stage = 'HANDED_OVER' AND left_numbers ? OLD.number
    ) THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.number = OLD.number AND (
        OLD.facturx IS NULL OR (
            NEW.facturx = OLD.facturx AND NEW.plain = OLD.plain AND NEW.lines = OLD.lines
            AND NEW.kind = OLD.kind AND NEW.corrects_id IS NOT DISTINCT FROM OLD.corrects_id
            AND NEW.account_id = OLD.account_id AND NEW.issued_on = OLD.issued_on
            AND (NEW.net_cents, NEW.vat_basis_points, NEW.vat_cents, NEW.total_cents)
                = (OLD.net_cents, OLD.vat_basis_points, OLD.vat_cents, OLD.total_cents)
        )
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an invoice keeps its number, and once it has left what it says'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'billing_invoice_is_kept';
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0024_objections_that_wait"), ("tenants", "0018_cells")]

    operations = [migrations.RunSQL(KEEP, migrations.RunSQL.noop)]
