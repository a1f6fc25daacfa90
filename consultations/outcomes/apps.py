from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    name = "consultations.outcomes"
