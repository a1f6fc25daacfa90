from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "consultations.portal"
