"""Django as a WSGI application, with time limits in the database: what config.asgi calls in a thread."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

application = get_wsgi_application()
settings.DATABASES["default"]["OPTIONS"]["options"] = settings.WEB_PATIENCE
