from django.apps import AppConfig


class AnimationConfig(AppConfig):
    name = "consultations.animation"

    def ready(self) -> None:
        from consultations.animation import receivers, tasks  # noqa: F401
        from consultations.animation.resident import holes  # noqa: F401
