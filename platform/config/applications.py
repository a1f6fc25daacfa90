"""The applications, by where their tables live. A new app of a city joins `TENANT_APPS`, and nothing else here."""

# In public only: the register of cities, the sign-ups, the library, the bills.
SHARED_APPS = [
    "tenants",  # before django_tenants: its migrate_schemas is ours
    "django_tenants",
    "onboarding",
    "consultations.library",
    "consultations.screening",
    "consultations.delegation",
    "billing",
    "common",
    "accounts",
    "rest",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "rest_framework",  # for what it says in French
]
# In every city's schema. Accounts and sessions are in both: operators live in public, residents in their city.
TENANT_APPS = [
    "common",
    "accounts",
    "rest",
    "django.contrib.sessions",
    "allauth.account",
    "allauth.mfa",
    "consultations.framing",
    "consultations.opendata",
    "consultations.participation",
    "consultations.cocreation",
    "consultations.moderation",
    "consultations.animation",
    "consultations.contacts",
    "consultations.offline",
    "consultations.imports",
    "consultations.kit",
    "consultations.outcomes",
    "consultations.voting",
    "consultations.analysis",
    "consultations.portal",
    "consultations.worklist",
    "notifications",
    "webhooks",
]
