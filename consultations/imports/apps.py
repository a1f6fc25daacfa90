from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "consultations.imports"

    def ready(self) -> None:
        from consultations.imports.services import importing  # noqa: F401  (the outbox knows its task by then)
