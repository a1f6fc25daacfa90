from django.apps import AppConfig


class VotingConfig(AppConfig):
    name = "consultations.voting"

    def ready(self) -> None:
        from accounts.listing import says_neighbourhood
        from consultations.voting.models import Vote

        says_neighbourhood(Vote)
