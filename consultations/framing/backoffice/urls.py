from django.urls import path

from consultations.framing.backoffice import views

urlpatterns = [
    path("consultation/", views.edit_consultation, name="desk_consultation"),
    path("consultation/ouvrir/", views.open_to_public, name="desk_open"),
]
