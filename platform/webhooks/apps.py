from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WebhooksConfig(AppConfig):
    name = "webhooks"

    def ready(self) -> None:
        from webhooks import receivers
        from webhooks.services import sending  # noqa: F401  (the outbox knows its task by then)

        autodiscover_modules("webhooks")
        receivers.connect()
