from django.apps import AppConfig


class ParticipationConfig(AppConfig):
    name = "consultations.participation"
