from django.urls import path

from consultations.participation.backoffice import views

urlpatterns = [path("", views.desk, name="desk")]
