from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "consultations.kit"

    def ready(self) -> None:
        from consultations.kit.services import sheets  # noqa: F401  (the outbox knows its task by then)
