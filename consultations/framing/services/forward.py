"""Which consultation the city's home shows."""

from django.db import connection, transaction
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.models import User
from common.refusals import Refusal
from consultations.framing.models import Challenge, Consultation
from consultations.framing.selectors import challenges_of, every_consultation
from consultations.framing.services.consultations import refuse_archived
from consultations.framing.services.uses import has_contributions


class NotOpenYet(Refusal):
    code = "not_open_yet"
    message = gettext_lazy("This consultation is not open yet: nobody but your team can read it.")


class ClosedAgain(Refusal):
    code = "closed_again"
    message = gettext_lazy(
        "This consultation is closed for the moment: nothing is kept. Your text is still in the page."
    )


class TriedOut(Refusal):
    """Of one that is being prepared: with its title."""

    code = "tried_out"

    def __init__(self, title: str) -> None:
        super().__init__(
            gettext_lazy(
                "Your team has tried out “%(title)s” and written there, and it is not open. Open it first, or give it "
                "up."
            )
            % {"title": title}
        )


def lock_consultations() -> list[Consultation]:
    """All of them, with their phases, for changes that concern several: which is on the home, whose address is whose.

    Also where there is none yet: whoever asks next waits for the end of the transaction.
    """
    _lock("pg_advisory_xact_lock")
    list(Consultation.objects.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    return list(every_consultation().order_by("pk"))


def keep_open(challenge: Challenge) -> None:
    """For the first thing that is written on a challenge, in its transaction: whoever closes its consultation again
    waits for its end, and finds it. Many write at once. Raises ClosedAgain where the closing came first.
    """
    if challenge.consultation.opened_at is None:
        return  # its team tries it out
    _lock("pg_advisory_xact_lock_shared")
    if not Consultation.objects.filter(pk=challenge.consultation_id, opened_at__isnull=False).exists():
        raise ClosedAgain


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        key = f"consultations {connection.schema_name}"  # type: ignore[attr-defined]
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [key])


def put_forward(*, consultation: Consultation, actor: User | None) -> None:
    """Show it on the home, and no other. There already: nothing happens. Raises NotOpenYet, ConsultationArchived,
    TriedOut.
    """
    with transaction.atomic():
        everything = lock_consultations()
        consultation = next(each for each in everything if each.pk == consultation.pk)
        refuse_archived(consultation)
        if consultation.opened_at is None:
            raise NotOpenYet
        if not consultation.is_current:
            take_the_home(consultation, everything)
            record("consultation_put_forward", actor=actor, subject=consultation)


def take_the_home(consultation: Consultation, everything: list[Consultation]) -> None:
    """Of locked ones: the home is this one's. Raises TriedOut: what the team wrote there would be left on no page."""
    before = next((each for each in everything if each.is_current and each.pk != consultation.pk), None)
    if before is not None:
        if before.opened_at is None and has_contributions(*challenges_of(before)):
            raise TriedOut(before.title)
        Consultation.objects.filter(pk=before.pk).update(is_current=False)
    consultation.is_current = True
    consultation.save(update_fields=["is_current"])
