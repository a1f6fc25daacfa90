from django.apps import AppConfig


class AnimationConfig(AppConfig):
    name = "consultations.animation"

    def ready(self) -> None:
        from consultations.animation import receivers
        from consultations.animation.services import sending  # noqa: F401  (the outbox knows its task by then)

        receivers.connect()
