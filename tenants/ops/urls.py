from django.urls import include, path

from tenants.ops import city, views

urlpatterns = [
    path("", views.fleet, name="ops_fleet"),
    path("collectivites/<int:pk>/", city.show, name="ops_city"),
    path("collectivites/<int:pk>/etat/<str:transition>/", city.change_state, name="ops_change_state"),
    path("collectivites/<int:pk>/heure/", city.time_zone, name="ops_time_zone"),
    path("collectivites/<int:pk>/maintenance/", city.maintenance, name="ops_maintenance"),
    path("collectivites/<int:pk>/acces/", city.way_back, name="ops_way_back"),
    path("", include("tenants.ops.addresses")),
    path("", include("tenants.ops.reservations")),
    path("composants/", views.components, name="components"),
]
