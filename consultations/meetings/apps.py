from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "consultations.meetings"

    def ready(self) -> None:
        from consultations.meetings.services import telling  # noqa: F401  (the outbox knows its tasks by then)
