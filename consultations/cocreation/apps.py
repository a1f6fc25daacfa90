from django.apps import AppConfig


class CocreationConfig(AppConfig):
    name = "consultations.cocreation"

    def ready(self) -> None:
        from consultations.cocreation.resident import holes  # noqa: F401
