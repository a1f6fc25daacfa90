"""Webhooks, at the desk. The words of the addresses are French, but for the word that programmers know."""

from django.urls import URLPattern, URLResolver, include, path

from common.states import Answers, answers
from common.trees import tree
from webhooks.backoffice import acting, views

_one = [
    path("", views.endpoint, name="desk_webhook"),
    path("modifier/", views.edit, name="desk_webhook_edit"),
    path("pause/", acting.pause, name="desk_webhook_pause"),
    path("reprendre/", acting.resume, name="desk_webhook_resume"),
    path("secret/", acting.renew, name="desk_webhook_secret"),
    path("supprimer/", acting.delete, name="desk_webhook_delete"),
    path("essai/", acting.trial, name="desk_webhook_trial"),
    path("renvoyer/", acting.send_failed, name="desk_webhook_resend"),
    path("envois/<uuid:key>/", views.delivery, name="desk_webhook_message"),
    path("envois/<uuid:key>/renvoyer/", acting.send_one, name="desk_webhook_message_resend"),
]
_webhooks: list[URLPattern | URLResolver] = [
    path("", views.endpoints, name="desk_webhooks"),
    path("nouveau/", views.new, name="desk_webhook_new"),
    path("<int:pk>/", include(_one)),
]

# In a city that only reads things still happen that others are told of.
urlpatterns = [tree("webhooks/", _webhooks, answers(Answers.READ_ONLY))]
