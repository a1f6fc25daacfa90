"""Settings for django-tenants' multiprocessing executor: its forks would share a pool's sockets."""

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES

DATABASES["default"]["OPTIONS"] = {}
