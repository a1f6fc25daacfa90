from django.db import migrations, models

# A number is for ever, and what has left says for ever what it said: what was wrong is corrected by another document.
KEEP = """
CREATE FUNCTION public.billing_keep_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.number IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
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
$$;
CREATE TRIGGER billing_keep_invoice BEFORE UPDATE OR DELETE ON public.billing_invoice
    FOR EACH ROW EXECUTE FUNCTION public.billing_keep_invoice();
"""
FORGET = """
DROP TRIGGER billing_keep_invoice ON public.billing_invoice;
DROP FUNCTION public.billing_keep_invoice();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_pay")]

    operations = [
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("stripe_id", "")), fields=["period_ends_on"], name="billing_period_to_invoice"
            ),
        ),
        migrations.RunSQL(KEEP, FORGET),
    ]
