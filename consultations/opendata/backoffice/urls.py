from django.urls import path

from consultations.opendata.backoffice import sharing

urlpatterns = [
    path("consultations/<slug:consultation>/sur-votre-site/", sharing.on_your_site, name="desk_on_your_site")
]
