from django.urls import path

from tenants.ops import views

urlpatterns = [
    path("", views.fleet, name="ops_fleet"),
    path("collectivites/<int:pk>/verifier/", views.verify, name="ops_verify"),
    path("composants/", views.components, name="components"),
]
