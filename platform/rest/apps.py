from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RestConfig(AppConfig):
    name = "rest"

    def ready(self) -> None:
        autodiscover_modules("api.scopes", "ops_api.scopes")
