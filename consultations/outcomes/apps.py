from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    name = "consultations.outcomes"

    def ready(self) -> None:
        from consultations.outcomes import moderated  # noqa: F401
