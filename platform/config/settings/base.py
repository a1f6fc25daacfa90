"""Production. Reads its environment and refuses to start without a secret; `dev` and `test` only override."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from kombu import Queue
from redis.backoff import NoBackoff
from redis.retry import Retry

from config import applications, doors, schedule
from config.keys import refuse_mixed_stripe, refuse_weak_key
from config.observability import configure_sentry, logging_settings

env = environ.Env()
ROOT = Path(__file__).resolve().parents[3]

# ── What the environment must or may say (table in deploy/README.md) ─────────

SECRET_KEY = env("SECRET_KEY")
# But for a developer's machine and the tests, whose settings, and those made of them, are being imported by then.
if not {"config.settings.dev", "config.settings.test"} & set(sys.modules):
    refuse_weak_key(SECRET_KEY)
DEBUG = False
RELEASE = env("RELEASE", default="development")
SENTRY_DSN = env("SENTRY_DSN", default="")
# The public site's address. A city lives on <slug>.<that host> until it has a domain of its own.
PUBLIC_BASE_URL = env("PUBLIC_BASE_URL").rstrip("/")
_public = urlsplit(PUBLIC_BASE_URL)
PUBLIC_SCHEME, PUBLIC_HOST = _public.scheme, _public.hostname or ""
PUBLIC_PORT = f":{_public.port}" if _public.port else ""
REDIS_URL = env("REDIS_URL")
# Which installation this is, of several of one service: 0 is the first (docs/scale.md).
CELL = env.int("CELL", default=0)
CITUS = env.bool("CITUS", default=False)  # the database is a Citus cluster (tenants.citus)
DEFAULT_FROM_EMAIL = env(
    "DEFAULT_FROM_EMAIL", default="Territoires résilients <bonjour@territoires-resilients.example>"
)
# Proxies in front of the application whose X-Forwarded-For may be believed (rate limits need the visitor's address).
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
# Where cities' own domains are looked up, as 9.9.9.9 or 127.0.0.1:5353; none: as the machine does.
DNS_SERVERS = env.list("DNS_SERVERS", default=[])
# The addresses that a city's bare domain points to; none: those of the public host, looked up.
PUBLIC_ADDRESSES = env.list("PUBLIC_ADDRESSES", default=[])
WEBHOOKS_TO_THIS_MACHINE = False  # messages to other sites go to programs beside a developer's, too
# Without a key nothing can be billed. While a secret of webhooks is replaced, both are in force, commas between.
STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRETS", default=[])
# Where the fake Stripe of a developer's machine listens; never set otherwise.
STRIPE_API_BASE = env("STRIPE_API_BASE", default="").rstrip("/")
refuse_mixed_stripe(key=STRIPE_SECRET_KEY, base=STRIPE_API_BASE, secrets=STRIPE_WEBHOOK_SECRETS)
# Who sells, as invoices say it: SELLER_NAME, SELLER_SIRET… (billing.seller).
_OF_SELLER = ["NAME", "LEGAL_FORM", "SIRET", "VAT_NUMBER", "ADDRESS", "POSTCODE", "TOWN"]
_OF_SELLER += ["CONTACT", "EMAIL", "PHONE", "IBAN", "BIC"]
SELLER = {name: env(f"SELLER_{name}", default="").strip() for name in _OF_SELLER}
SELLER_VAT_ON_DEBITS = env.bool("SELLER_VAT_ON_DEBITS", default=False)
# What the agreement on data and the security annex say of us: PAPERS_DPO_NAME… (billing.terms).
_OF_PAPERS = ["HOST_COUNTRY", "HOST_CERTIFICATIONS", "BACKUPS", "BACKUP_DAYS", "MAIL_COMPANY", "MAIL_COUNTRY"]
_OF_PAPERS += ["ERRORS_COMPANY", "ERRORS_COUNTRY", "DPO_NAME", "DPO_EMAIL"]
_OF_PAPERS += ["REQUEST_DAYS", "AUDIT_DAYS", "AUDITS_A_YEAR"]
PAPERS = {name: env(f"PAPERS_{name}", default="").strip() for name in _OF_PAPERS}
# What the public site's own pages say besides: SITE_DIRECTOR… (onboarding.own_pages).
_OF_SITE = ["DIRECTOR", "LOG_DAYS", "PRICE_REVISION", "AVAILABILITY", "CREDIT", "HELP_HOURS", "ANSWER", "INCIDENT"]
_OF_SITE += ["LIABILITY", "INSURER"]
SITE = {name: env(f"SITE_{name}", default="").strip() for name in _OF_SITE}
SERVICE_NAME = "Territoires résilients"
SERVICE_EMAIL = env("SERVICE_EMAIL", default="bonjour@territoires-resilients.example")
DEMO_SLUG = env("DEMO_SLUG", default="saran")
# Every city's legal notices name the host; while one of the three is missing no city can open.
LEGAL_HOST_NAME = env("LEGAL_HOST_NAME", default="")
LEGAL_HOST_ADDRESS = env("LEGAL_HOST_ADDRESS", default="")
LEGAL_HOST_PHONE = env("LEGAL_HOST_PHONE", default="")
# The accessibility audit of the platform: who made it, when, share of the criteria met (%), what it found.
# Without one the law has every page say "not compliant".
ACCESSIBILITY_AUDIT_BY = env("ACCESSIBILITY_AUDIT_BY", default="")
ACCESSIBILITY_AUDIT_ON = env("ACCESSIBILITY_AUDIT_ON", default="")
ACCESSIBILITY_AUDIT_RATE = env.int("ACCESSIBILITY_AUDIT_RATE", default=0)
ACCESSIBILITY_AUDIT_FINDINGS = env.list("ACCESSIBILITY_AUDIT_FINDINGS", default=[])

# Any host may knock: TenantMiddleware answers only those it knows, and never with another city.
ALLOWED_HOSTS = ["*"]

# ── Applications (config.applications) ───────────────────────────────────────

SHARED_APPS: list[str] = applications.SHARED_APPS
TENANT_APPS: list[str] = applications.TENANT_APPS
INSTALLED_APPS = [*SHARED_APPS, *(app for app in TENANT_APPS if app not in SHARED_APPS)]

MIDDLEWARE = [
    # First, so that every answer bears them: errors, files and hosts that lead nowhere too.
    "common.middleware.PolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "common.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "common.middleware.HealthMiddleware",
    "tenants.tls.CertificateMiddleware",
    "common.middleware.RequestLogMiddleware",
    "rest.middleware.DoorMiddleware",
    "common.middleware.MethodMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.middleware.TenantMiddleware",
    "common.languages.LanguageMiddleware",
    "common.kept.PackingMiddleware",
    "consultations.participation.resident.view_counts.ViewCountMiddleware",
    "common.pagecache.VisitorPageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.PersonMiddleware",
    "rest.middleware.KeyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "common.middleware.MessagePlaceMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tenants.middleware.LifecycleMiddleware",
    "consultations.moderation.middleware.SuspensionMiddleware",
    "consultations.moderation.middleware.DelegateMiddleware",
    "common.middleware.LimitMiddleware",
    "common.pagecache.PersonPageMiddleware",
]

ROOT_URLCONF = "config.urls.tenant"
PUBLIC_SCHEMA_URLCONF = "config.urls.public"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["common.templatetags.hours", "common.templatetags.languages"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "common.context.service",
                "tenants.context.city",
                "consultations.framing.context.consultation",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ── Tenancy ──────────────────────────────────────────────────────────────────

TENANT_MODEL = "tenants.Municipality"
TENANT_DOMAIN_MODEL = "tenants.Domain"
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
# The search path and the role are set once a request, not once a query; our backend knows when to set them again.
TENANT_LIMIT_SET_CALLS = True

DATABASES = {"default": {**env.db("DATABASE_URL"), "ENGINE": "tenants.postgresql"}}
DATABASES["default"].update(
    CONN_MAX_AGE=0,
    # pgbouncer's transaction mode mixes cities up: see the deploy check in tenants.checks.
    # PostgreSQL remembers, for each connection, the tables of every city it has served, up to 0.8 MB each: one that
    # has served 100 is closed (tenants.postgresql). As many as threads (WEB_THREADS), and one for /readyz.
    OPTIONS={
        "pool": {
            "min_size": 1,
            "max_size": env.int("DATABASE_POOL", default=5),
            "timeout": 10,
            "max_lifetime": 120 if CITUS else 600,
        }
    },
)
# How long one statement, the wait for one lock, and a transaction that does nothing may last: for pages, where somebody
# waits and others wait for them, and for tasks. config.wsgi and config.celery put them on: in the connection's first
# message, so that they cost nothing and RESET comes back to them. What is run by hand, releases above all, has none.
WEB_PATIENCE = "-c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
TASK_PATIENCE = "-c statement_timeout=300s -c lock_timeout=60s -c idle_in_transaction_session_timeout=300s"
# How long a release waits for a table that a city's visitors are using, in seconds, before it tries again later.
FLEET_LOCK_TIMEOUT = env.float("FLEET_LOCK_TIMEOUT", default=3.0)
# Schemas that are made ahead and wait for the next cities (tenants.spares).
SPARE_SCHEMAS = env.int("SPARE_SCHEMAS", default=10)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "common.cache.RedisOrMemory",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
        "OPTIONS": {
            # Without Redis people still read, sign in and propose.
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 1,
            # Whoever writes into Redis must not be able to run code here, as with pickles.
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
            # redis-py would try for seconds before it says that nobody listens.
            "CONNECTION_POOL_KWARGS": {"retry": Retry(NoBackoff(), 0)},
        },
    },
    # Visitors' pages, kept in each web process: the key holds the city's content revision (common.pagecache).
    "pages": {
        "BACKEND": "common.kept.Memory",
        "LOCATION": "pages",
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}

# How old a page from memory may be, in seconds, for whoever did not write, of what may wait (common.pagecache).
KEPT_PAGE_SECONDS = 1.0

STORAGES = {
    # A city's files live in a folder named after its schema.
    "default": {"BACKEND": "django_tenants.files.storage.TenantFileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MULTITENANT_RELATIVE_MEDIA_ROOT = "%s"
MEDIA_ROOT = env("MEDIA_ROOT", default=str(ROOT / "media"))
STATIC_URL = "/static/"
STATIC_ROOT = env("STATIC_ROOT", default=str(ROOT / "staticfiles"))

# Of the directory that a release ships (onboarding/directory), whose populations make the prices.
POPULATION_YEAR = 2026

# ── A city's life (tenants.lifecycle), in days ───────────────────────────────

TRIAL_DAYS = env.int("TRIAL_DAYS", default=30)
TRIAL_WARNING_DAYS = env.int("TRIAL_WARNING_DAYS", default=7)
# After the last day of a subscription that no order follows.
ENDED_GRACE_DAYS = env.int("ENDED_GRACE_DAYS", default=30)
# Public bodies pay late: between an unpaid invoice's due date and reading only.
UNPAID_GRACE_DAYS = env.int("UNPAID_GRACE_DAYS", default=45)
# Between closing and deletion: read-only, with the export.
CLOSED_DAYS = env.int("CLOSED_DAYS", default=30)

# ── What one city may use before it waits (common.allowances; threads: config.turns); 0: as much as it likes ────

CITY_TASKS_A_MINUTE = env.int("CITY_TASKS_A_MINUTE", default=60)
CITY_MAILS_A_DAY = env.int("CITY_MAILS_A_DAY", default=20_000)
# Campaigns (animation), a minute: of one city, and of all together. What relays take, not what they allow at most.
CAMPAIGN_CITY_A_MINUTE = env.int("CAMPAIGN_CITY_A_MINUTE", default=600)
CAMPAIGN_FLEET_A_MINUTE = env.int("CAMPAIGN_FLEET_A_MINUTE", default=1_800)
CITY_STORAGE_MB = env.int("CITY_STORAGE_MB", default=5_000)

# ── People ───────────────────────────────────────────────────────────────────

AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # unique whatever its case: user_email_unique
    # Strict transport for subdomains, and for ever: a city's own domain has others, which are not ours to decide for.
    "security.W005",
    "security.W021",
]
AUTHENTICATION_BACKENDS = ["accounts.backends.SchemaBackend"]
LOGIN_URL = "sign_in"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the code or the link is the proof
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_ADAPTER = "accounts.adapter.FactorAdapter"
# Browsers allow passkeys over http on *.localhost only; anywhere else the origin must be https.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_SCHEME == "http"
# For how long showing who one is counts, where something grave is asked for.
FRESH_PROOF_MINUTES = 10
SIGN_IN_LINK_LIFETIME_MINUTES = 15
# A link made at the shell (login_link) asks for the second factor like any other; `dev` makes it stand for it.
SHELL_LINK_IS_SECOND_FACTOR = False

# In the session, so that a visitor without one has no message: pages kept for visitors hold none.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
# A participant's ends with its cookie; these end earlier (accounts.sessions), in seconds: unused, and in any case.
SESSION_LIMITS = {
    "STAFF": {"idle": 12 * 3600, "at_most": 7 * 24 * 3600},
    "OPERATOR": {"idle": 2 * 3600, "at_most": 12 * 3600},
    "DELEGATE": {"idle": 1800, "at_most": 3600},  # an operator in a city: the way in is one press
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # forms bear the token; no script of ours reads the cookie
CSRF_FAILURE_VIEW = "common.views.csrf_failure"

# ── Words and time ───────────────────────────────────────────────────────────

LANGUAGE_CODE = "fr"
FORMAT_MODULE_PATH = ["common.formats"]
# What a city may offer to its residents (common.languages), each in its own words. Another one is a line here and a
# catalogue (CONTRIBUTING.md).
LANGUAGES = [("fr", "Français"), ("en", "English")]
USE_I18N = True
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

# ── Tasks and mail ───────────────────────────────────────────────────────────

CELERY_BROKER_URL = REDIS_URL
# A worker that is not told otherwise (-Q) takes from both; one of its own (deploy/) keeps long jobs from making a new
# city wait. `analysis`, `webhooks` and `campaigns` have their own: they load libraries, wait for sites, write to many.
CELERY_TASK_QUEUES = [Queue("provisioning"), Queue("celery")]
CELERY_TASK_DEFAULT_QUEUE = "celery"
_PROVISIONING = ("onboarding.tasks.provision", "onboarding.tasks.resume_provisioning")
CELERY_TASK_ROUTES = {name: {"queue": "provisioning"} for name in _PROVISIONING}
CELERY_ACCEPT_CONTENT = CELERY_RESULT_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = CELERY_EVENT_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# Below the visibility timeout: after that the broker gives a task to another worker too.
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 480, 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    # A request that publishes must not wait for a broker that is away: the sweeper publishes again.
    "socket_connect_timeout": 1,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
}
CELERY_TASK_TENANT_CACHE_SECONDS = 30
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = schedule.ALL

vars().update(env.email("EMAIL_URL", default="smtp://127.0.0.1:25"))
EMAIL_TIMEOUT = 15
# Who carries it, if it tells by webhooks what came back (animation.services.providers): brevo, mailjet or postmark; and
# the user:password that it was given with our address.
MAIL_PROVIDER = env("MAIL_PROVIDER", default="")
MAIL_WEBHOOK_SECRET = env("MAIL_WEBHOOK_SECRET", default="")

# ── Safety ───────────────────────────────────────────────────────────────────

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = PUBLIC_BASE_URL.startswith("https://")
# Asked by machines beside it, by an internal name and without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^tls/ask$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT
# `__Host-`: a browser takes them from this very host over https only. Without https it would take none.
WROTE_COOKIE_NAME = "wrote"  # of whoever has just written: they get no page that may be older (common.pagecache)
if SECURE_SSL_REDIRECT:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, WROTE_COOKIE_NAME = "__Host-session", "__Host-csrf", "__Host-wrote"
SECURE_HSTS_SECONDS = 31536000 if SECURE_SSL_REDIRECT else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Of a form without its files, which common.uploads bounds. The longest form of ours has some hundred fields, one file.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 4
FILE_UPLOAD_HANDLERS = [
    "common.uploads.CutShort",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
CONTENT_SECURITY_POLICY = doors.CONTENT_SECURITY_POLICY
REST_FRAMEWORK, SPECTACULAR_SETTINGS = doors.REST_FRAMEWORK, doors.SPECTACULAR_SETTINGS

LOGGING = logging_settings(json=True)
LOGGING_CONFIG = "logging.config.dictConfig"
configure_sentry(dsn=SENTRY_DSN, release=RELEASE, environment=env("ENVIRONMENT", default="production"))
