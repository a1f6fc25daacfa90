"""What the leaving of somebody of the team means for the address book: nobody knows any more that it was they."""

from datetime import datetime

from accounts.models import User
from common.personal import erases
from consultations.contacts.models import Concern, Contact, ContactBatch, ContactVisit, Exchange


@erases(Contact, Concern, Exchange, ContactBatch, ContactVisit)
def forget_in_the_book(user: User, *, with_texts: bool, at: datetime) -> None:
    Contact.objects.filter(created_by=user).update(created_by=None)
    Exchange.objects.filter(by=user).update(by=None)
    ContactBatch.objects.filter(made_by=user).update(made_by=None)
