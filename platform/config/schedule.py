"""What the scheduler asks the workers for, and when: in Paris time."""

from typing import Any

from celery.schedules import crontab

# Not wanted any more once the next one is there: they don't pile up while there is no worker.
_UNLESS_LATE: dict[str, Any] = {"options": {"expires": 5.0}}
ALL: dict[str, dict[str, Any]] = {
    "resume-provisioning": {"task": "onboarding.tasks.resume_provisioning", "schedule": 5.0, **_UNLESS_LATE},
    "refill-spares": {"task": "onboarding.tasks.refill_spare_schemas", "schedule": 15.0, **_UNLESS_LATE},
    "sweep-outboxes": {"task": "tenants.tasks.sweep_outboxes", "schedule": 15.0},
    "repair-waiting": {"task": "tenants.tasks.repair_waiting", "schedule": 300.0, "options": {"expires": 290.0}},
    "list-for-the-service": {"task": "consultations.moderation.tasks.list_anew", "schedule": 3600.0},
    "check-domains": {"task": "tenants.tasks.check_domains", "schedule": 600.0},
    "forget-the-expired": {"task": "tenants.tasks.forget_the_expired", "schedule": 3600.0},
    # Each may run twice; four tries a night, so that one that failed is not a day late.
    "lifecycle": {"task": "tenants.tasks.apply_due_transitions", "schedule": crontab(hour="1-4", minute="10")},
    "follow-terms": {"task": "billing.tasks.follow_terms", "schedule": crontab(hour="6-9", minute="20")},
    "follow-ends": {"task": "billing.tasks.follow_ends", "schedule": crontab(hour="6-9", minute="50")},
    "sweep-schemas": {"task": "tenants.tasks.sweep_schemas", "schedule": crontab(hour="4", minute="50")},
    "forget-what-is-over": {"task": "tenants.tasks.forget_what_is_over", "schedule": crontab(hour="3", minute="40")},
    "list-of-the-week": {
        "task": "consultations.worklist.tasks.write_everywhere",
        "schedule": crontab(minute="5"),
        "options": {"expires": 3000},
    },
    "phases-to-tell": {
        "task": "consultations.worklist.tasks.tell_everywhere",
        "schedule": crontab(minute="25"),
        "options": {"expires": 3000},
    },
    "invoice-periods": {"task": "billing.tasks.invoice_ended_periods", "schedule": crontab(hour="1-4", minute="25")},
    "forget-order-links": {"task": "billing.tasks.forget_order_links", "schedule": crontab(hour="4", minute="35")},
    "reconcile": {"task": "billing.tasks.reconcile", "schedule": crontab(hour="5", minute="15")},
    "count-figures": {
        "task": "consultations.analysis.tasks.count_everywhere",
        "schedule": crontab(hour="2", minute="20"),
    },
    "open-data": {"task": "consultations.opendata.tasks.build_everywhere", "schedule": crontab(minute="35")},
    "issue-invoices": {"task": "billing.tasks.issue_what_waits", "schedule": 3600.0},
    "forget-unconfirmed-sign-ups": {"task": "onboarding.tasks.forget_unconfirmed", "schedule": 3600.0},
}
