from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from notifications import receivers
        from notifications.resident import holes, welcome  # noqa: F401

        autodiscover_modules("notices")
        receivers.connect()
