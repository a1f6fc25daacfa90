from django.apps import AppConfig
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from common import clock

# Before any model is loaded, whose columns name it.
timezone.now = clock.now

# The files in which each app declares what the house must know of it; in the order of the installed apps.
DECLARATIONS = (
    "tables",
    "citycopy",
    "exports",
    "erasure",
    "services.erasure",
    "retention",
    "services.retention",
    "trail",
    "abilities",
    "assigned",
    "navigation",
    "panels",
    "contributions",
    "mine",
    "week",
    "opening_checks",
    "keeping",
    "city_settings",
    "samples",
    "leaving",
    "opendata",
    "imported",
    "segments",
)


class CommonConfig(AppConfig):
    name = "common"

    def ready(self) -> None:
        autodiscover_modules(*DECLARATIONS)
