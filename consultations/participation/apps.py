from django.apps import AppConfig


class ParticipationConfig(AppConfig):
    name = "consultations.participation"

    def ready(self) -> None:
        from consultations.participation import receivers  # noqa: F401
        from consultations.participation.resident import begun, following, holes  # noqa: F401
