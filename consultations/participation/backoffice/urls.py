from django.urls import path

from consultations.participation.backoffice import contributions

urlpatterns = [path("contributions/", contributions.contributions, name="desk_contributions")]
