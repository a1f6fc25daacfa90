from django.urls import path

from billing.web import views

urlpatterns = [
    path("stripe/webhook/", views.webhook, name="stripe_webhook"),
]
