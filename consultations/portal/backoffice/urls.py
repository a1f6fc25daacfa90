from django.urls import path

from consultations.portal.backoffice import views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("reglages/", views.city_settings, name="desk_settings"),
    path("consultations/<slug:consultation>/", views.desk_of, name="desk_of"),
    path("consultations/<slug:consultation>/ligne/", views.handle_line, name="desk_line"),
]
