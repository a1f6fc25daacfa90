from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import address_change, checks, receivers, tasks  # noqa: F401
        from accounts.web import holes  # noqa: F401
