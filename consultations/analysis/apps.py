from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    name = "consultations.analysis"

    def ready(self) -> None:
        from consultations.analysis import receivers  # noqa: F401
