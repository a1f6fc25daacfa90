"""For pytest. The conftest starts PostgreSQL and Valkey and says where they listen."""

import os

from config.examples import PAPERS, SELLER, SITE

os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("DATABASE_URL", "postgresql://territoires@127.0.0.1:1/territoires")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")
os.environ.setdefault("PUBLIC_BASE_URL", "http://territoires.localhost")
# Roles are the server's: of spare ones, each copy of the built database would say that they are its own.
os.environ.setdefault("SPARE_SCHEMAS", "0")
os.environ.setdefault("CITY_STORAGE_MB", "0")  # a query of every desk page: where it is what is tested
os.environ.setdefault("LEGAL_HOST_NAME", "Hébergement des tests")
os.environ.setdefault("LEGAL_HOST_ADDRESS", "127.0.0.1")
os.environ.setdefault("LEGAL_HOST_PHONE", "01 00 00 00 00")
for _name, _value in {**SELLER, **SITE, **PAPERS}.items():
    os.environ.setdefault(_name, _value)
os.environ.setdefault("EMAIL_URL", "memorymail://")
# Whatever this machine's own environment names: no test reaches the real one (tests.billing).
os.environ["STRIPE_SECRET_KEY"] = "sk_test_fake_of_tests"  # noqa: S105
os.environ["STRIPE_WEBHOOK_SECRETS"] = "whsec_of_tests,whsec_of_tests_before"
os.environ.setdefault("STRIPE_API_BASE", "http://127.0.0.1:1")

from .base import *  # noqa: E402, F403
from .base import DATABASES, LOGGING, ROOT, STORAGES, TEMPLATES  # noqa: E402

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # looks for a file when it is asked for: every test's client would list them all anew
STATIC_ROOT = str(ROOT / "tests")  # never written; whitenoise only wants it to exist
DATABASES["default"]["OPTIONS"]["pool"] |= {"timeout": 5, "max_size": 8}  # tests come with more threads
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING = {**LOGGING, "root": {**LOGGING["root"], "handlers": ["plain"], "level": "WARNING"}}

# Of the processes that tests start, those that send to sites beside them.
WEBHOOKS_TO_THIS_MACHINE = os.environ.get("WEBHOOKS_TO_THIS_MACHINE") == "1"

# A test sees what it changes, unless it is about waiting.
KEPT_PAGE_SECONDS = float(os.environ.get("KEPT_PAGE_SECONDS", "0"))


class UndefinedVariable(str):
    """A template that names what its view did not give is a mistake, not an empty string."""

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    def __mod__(self, variable: object) -> str:
        raise NameError(f"A template uses an undefined variable: {variable}")


TEMPLATES = [{**TEMPLATES[0], "OPTIONS": {**TEMPLATES[0]["OPTIONS"], "string_if_invalid": UndefinedVariable("%s")}}]
