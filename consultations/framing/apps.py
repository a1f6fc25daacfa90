from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class FramingConfig(AppConfig):
    name = "consultations.framing"

    def ready(self) -> None:
        from consultations.framing import checks, names, receivers  # noqa: F401
        from consultations.framing.resident import holes  # noqa: F401

        autodiscover_modules("opening_warnings")
