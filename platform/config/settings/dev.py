"""For `make run` and manage.py on a developer's machine."""

import os
from pathlib import Path

from config.examples import PAPERS, SELLER, SITE

_STATE = Path(__file__).resolve().parents[3] / ".local"
# `make run` writes where its services listen, so that manage.py in another terminal finds them.
_ENVIRONMENT = _STATE / "environment"
if _ENVIRONMENT.exists():
    for _line in _ENVIRONMENT.read_text().splitlines():
        _name, _, _value = _line.partition("=")
        os.environ.setdefault(_name, _value)

os.environ.setdefault("SECRET_KEY", "only-for-development")
os.environ.setdefault("DATABASE_URL", "postgresql://territoires@127.0.0.1:5432/territoires")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:6379/0")
os.environ.setdefault("PUBLIC_BASE_URL", "http://territoires.localhost:8000")
os.environ.setdefault("SPARE_SCHEMAS", "3")
os.environ.setdefault("LEGAL_HOST_NAME", "Cette machine")
os.environ.setdefault("LEGAL_HOST_ADDRESS", "127.0.0.1")
os.environ.setdefault("LEGAL_HOST_PHONE", "01 00 00 00 00")
for _name, _value in {**SELLER, **SITE, **PAPERS}.items():
    os.environ.setdefault(_name, _value)
os.environ.setdefault("EMAIL_URL", "smtp://127.0.0.1:1025")

from .base import *  # noqa: E402, F403
from .base import LOGGING, ROOT, STORAGES, TEMPLATES  # noqa: E402

DEBUG = os.environ.get("DEBUG", "1") == "1"
MEDIA_ROOT = str(ROOT / ".local" / "media")
STATIC_ROOT = str(ROOT / ".local" / "static")
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
if DEBUG:
    # gunicorn reloads Python only: read templates anew at each request.
    TEMPLATES[0]["APP_DIRS"] = False
    TEMPLATES[0]["OPTIONS"]["loaders"] = ["django.template.loaders.app_directories.Loader"]
LOGGING = {**LOGGING, "root": {**LOGGING["root"], "handlers": ["plain"]}}
WEBHOOKS_TO_THIS_MACHINE = DEBUG
# `make login` opens /ops/ at once.
SHELL_LINK_IS_SECOND_FACTOR = DEBUG
# So that a newcomer can enter /ops/ without a telephone. allauth accepts this in DEBUG only.
MFA_TOTP_INSECURE_BYPASS_CODE = "000000" if DEBUG else None
