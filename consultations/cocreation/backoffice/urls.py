from django.urls import path

from consultations.cocreation.backoffice import merging, stewardship

urlpatterns = [
    path("propositions/orphelines/", stewardship.alone, name="desk_alone"),
    path("propositions/<int:pk>/reprendre/", stewardship.take, name="desk_take_over"),
    path("propositions/<int:pk>/rendre/", stewardship.give_back, name="desk_give_back"),
    path("propositions/reunir/", merging.merge, name="desk_merge"),
    path("consultations/<slug:consultation>/propositions/reunir/", merging.merge_of, name="desk_merge_of"),
]
