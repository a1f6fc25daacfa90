"""What is open of meetings (consultations.opendata): what their pages show, and nobody who came."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from consultations.framing.models import Consultation
from consultations.meetings.enums import MeetingKind
from consultations.meetings.models import Meeting
from consultations.opendata.registry import Column, Kind, named, opens


@opens(
    "rendez-vous",
    _("Meetings"),
    _("Public meetings, workshops and walks: when, where, and how people are helped to come."),
    order=95,
    columns=(
        named("rendez-vous"),
        Column("type", "kind", _("what kind of meeting"), codes=MeetingKind, required=True),
        Column("titre", "title", _("its title"), required=True),
        Column("debut", "begins_at", _("when it begins"), Kind.MOMENT, required=True),
        Column("fin", "ends_at", _("when it ends"), Kind.MOMENT, required=True),
        Column("lieu", "place", _("where it is")),
        Column("adresse", "address", _("the address of the place")),
        Column("accessible_fauteuil", "wheelchair", _("whether it is reached in a wheelchair"), Kind.FLAG),
        Column("boucle_magnetique", "loop", _("whether there is an induction loop"), Kind.FLAG),
        Column("langue_des_signes", "sign_language", _("whether it is interpreted in sign language"), Kind.FLAG),
        Column("garde_enfants", "childcare", _("whether children are looked after"), Kind.FLAG),
        Column("annule_le", "cancelled_at", _("when it was cancelled"), Kind.MOMENT),
        Column("compte_rendu", "report", _("its report")),
        Column("compte_rendu_le", "reported_at", _("when its report was published"), Kind.MOMENT),
    ),
)
def meetings(consultation: Consultation) -> Iterable[Meeting]:
    return Meeting.objects.shown().filter(consultation=consultation).order_by("begins_at", "pk")
