from django.urls import path

from consultations.moderation.resident import deciding, register

urlpatterns = [
    path("moderation/", register.register, name="moderation_register"),
    path("moderation/decisions/<int:decision>/", deciding.decision, name="decision"),
]
