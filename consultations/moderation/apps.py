from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "consultations.moderation"

    def ready(self) -> None:
        from consultations.moderation import names, receivers  # noqa: F401
        from consultations.moderation.resident import holes  # noqa: F401
