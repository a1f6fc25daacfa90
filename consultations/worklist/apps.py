from django.apps import AppConfig


class WorklistConfig(AppConfig):
    name = "consultations.worklist"

    def ready(self) -> None:
        from consultations.worklist import receivers

        receivers.connect()
