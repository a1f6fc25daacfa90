"""The address book of the demonstration city: invented associations, schools and companies; nobody is written to."""

from datetime import datetime, timedelta

from consultations.contacts.enums import ContactKind, Way
from consultations.contacts.models import Concern, Contact, Exchange
from consultations.contacts.services.keeping import key_of
from consultations.framing.models import Challenge

_SOURCE = "Forum des associations"
# Kind, name, whom to ask for, how many days ago somebody was in touch with it, how and what was said.
_CONTACTS = [
    (ContactKind.ASSOCIATION, "Les Amis du verger", "Jeanne Martin, présidente", 0, "", ""),
    (ContactKind.ASSOCIATION, "Saran à vélo", "", 12, Way.PHONE, "D’accord pour en parler à la sortie de dimanche."),
    (ContactKind.ASSOCIATION, "Club de l’âge d’or", "Paul Renard", 41, Way.MET, "Ils préfèrent la feuille de papier."),
    (ContactKind.SCHOOL, "Collège Pelletier", "la vie scolaire", 0, "", ""),
    (ContactKind.SERVICE, "Mission locale de l’Orléanais", "", 33, Way.OWN_MAIL, "Affiche posée à l’accueil."),
    (ContactKind.COMPANY, "Union des commerçants", "", 0, "", ""),
    (ContactKind.COUNCIL, "Conseil de quartier du Bourg", "", 20, Way.MET, "Point à l’ordre du jour de décembre."),
    (ContactKind.SERVICE, "Centre social", "l’accueil", 0, "", ""),
]


def show_contacts(*, at: datetime) -> None:
    challenges = list(Challenge.objects.filter(consultation__is_current=True).order_by("position", "pk"))
    for number, (kind, name, person, days, way, words) in enumerate(_CONTACTS):
        when = at - timedelta(days=days)
        contact = Contact.objects.create(
            kind=kind,
            name=name,
            name_key=key_of(name),
            person=person,
            email=f"{key_of(name)}@demo.example",
            source=_SOURCE,
            created_at=at - timedelta(days=50),
            used_at=when,
            written_at=when if way else None,
        )
        for challenge in challenges[number % 3 :: 3]:
            Concern.objects.create(contact=contact, challenge=challenge)
        if way:
            Exchange.objects.create(contact=contact, way=way, words=words, at=when, created_at=when)
    Contact.objects.filter(name="Union des commerçants").update(refused_at=at - timedelta(days=3))
