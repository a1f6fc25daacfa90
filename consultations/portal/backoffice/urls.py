from django.urls import path

from consultations.portal.backoffice import views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("consultations/<slug:consultation>/", views.desk_of, name="desk_of"),
    path("consultations/<slug:consultation>/ligne/", views.handle_line, name="desk_line"),
]
