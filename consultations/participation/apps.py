from django.apps import AppConfig


class ParticipationConfig(AppConfig):
    name = "consultations.participation"

    def ready(self) -> None:
        from accounts.listing import says_neighbourhood
        from consultations.participation import receivers  # noqa: F401
        from consultations.participation.models import Draft, Proposal
        from consultations.participation.resident import begun, following, holes  # noqa: F401

        says_neighbourhood(Proposal, counted_as="proposals")
        says_neighbourhood(Draft)
