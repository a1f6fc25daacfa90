"""Meetings of the demonstration city: one that took place, with its report and what was said there; one to come, whose
seats are nearly taken. Nobody is written to."""

from datetime import datetime, timedelta

from django.utils import timezone

from consultations.framing.models import Challenge, Consultation
from consultations.meetings.enums import MeetingKind, Place
from consultations.meetings.models import Attendee, Meeting, MeetingChallenge, SaidThere
from consultations.participation.models import Proposal

_REPORT = """Trente-quatre personnes sont venues, dont une dizaine qui n’avaient jamais écrit sur la plateforme.

Ce qui revient le plus : l’ombre dans les cours d’école et sur les places, avant tout autre équipement. Plusieurs \
parents proposent d’ouvrir une cour le soir, avec des volontaires ; les services ont rappelé ce que demande la sécurité.

Ce qui fait débat : arroser, et avec quelle eau. Un relevé des puits sera présenté au prochain rendez-vous.

Les idées dites ce soir-là ont été saisies par l’équipe, et se lisent ci-dessous."""
_TEXT = """Une heure par petits groupes, autour de plans du quartier, puis chacun dit ce qu’il garde.

Ce qui est proposé est saisi par l’équipe et se lit ensuite ici, avec les autres propositions."""
_NAMES = (
    *("Hélène Marchand", "Karim Belkacem", "Odile Fournier", "Jean-Luc Perrin", "Aïcha Diallo", "Martin Roux"),
    *("Sylvie Gaudin", "Tom Lefèvre", "Nadia Haddad", "Pierre Chauvin", "Lucie Moreau", "Ahmed Saïdi"),
)


def show_meetings(consultation: Consultation, *, at: datetime) -> None:
    challenges = list(consultation.challenges.shown().order_by("position", "pk")[:2])
    past = _meeting(
        consultation,
        timezone.localtime(at - timedelta(days=12)).replace(hour=18, minute=30, second=0, microsecond=0),
        challenges[:1],
        kind=MeetingKind.PUBLIC,
        title="Parlons de l’été qui vient",
        seats=60,
        loop=True,
        others_came=23,
        report=_REPORT,
    )
    past.reported_at = past.ends_at + timedelta(days=3)
    past.published_at = past.begins_at - timedelta(days=20)
    past.save(update_fields=["reported_at", "published_at"])
    _people(past, _NAMES, confirmed_at=past.begins_at - timedelta(days=4), came=True)
    said = Proposal.objects.published().filter(challenge__in=challenges[:1]).order_by("-submitted_at", "pk")[:2]
    SaidThere.objects.bulk_create(SaidThere(meeting=past, proposal=each, added_at=past.ends_at) for each in said)
    coming = _meeting(
        consultation,
        timezone.localtime(at + timedelta(days=6)).replace(hour=10, minute=0, second=0, microsecond=0),
        challenges,
        kind=MeetingKind.WORKSHOP,
        title="Dessinons l’ombre du quartier",
        seats=12,
        childcare=True,
    )
    _people(coming, _NAMES[:-3], confirmed_at=at - timedelta(days=1))


def _meeting(consultation: Consultation, begins_at: datetime, challenges: list[Challenge], **given: object) -> Meeting:
    found = Meeting.objects.create(
        consultation=consultation,
        begins_at=begins_at,
        ends_at=begins_at + timedelta(hours=2),
        text=_TEXT,
        place="Bibliothèque municipale, grande salle",
        address="place de la Liberté",
        wheelchair=True,
        access="Ligne 2 du bus, arrêt Mairie",
        created_at=begins_at - timedelta(days=30),
        published_at=begins_at - timedelta(days=20),
        **given,
    )
    MeetingChallenge.objects.bulk_create(MeetingChallenge(meeting=found, challenge=each) for each in challenges)
    return found


def _people(meeting: Meeting, names: tuple[str, ...], *, confirmed_at: datetime, came: bool = False) -> None:
    Attendee.objects.bulk_create(
        Attendee(
            meeting=meeting,
            name=name,
            email=f"rendez-vous-{place}@demo.example" if place % 4 else "",
            phone="" if place % 4 else "02 38 00 00 00",
            place=Place.SEATED,
            asked_at=confirmed_at,
            confirmed_at=confirmed_at + timedelta(minutes=place),
            came=came and place % 12 != 5,
        )
        for place, name in enumerate(names)
    )
