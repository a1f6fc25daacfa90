"""What keeps a consultation open (framing.services.keeping): people have signed up for its meetings."""

from consultations.framing.models import Consultation
from consultations.framing.services.keeping import keeps_open
from consultations.meetings.enums import Place
from consultations.meetings.models import Attendee


@keeps_open
def has_sign_ups(consultation: Consultation) -> bool:
    return Attendee.objects.filter(meeting__consultation=consultation).exclude(place=Place.ASKED).exists()
