from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "onboarding"

    def ready(self) -> None:
        from onboarding import own_pages  # noqa: F401
        from onboarding.directory import namesakes  # noqa: F401
