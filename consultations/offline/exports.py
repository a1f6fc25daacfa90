"""A person's copy of what concerns them in offline entry (common.personal)."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from common.personal import PersonalFile, copies
from consultations.offline.models import Correction, Entry, EntryDesk


@copies(Entry, EntryDesk, Correction)
def sheets(user: User) -> Iterator[PersonalFile]:
    own = Entry.objects.filter(Q(proposal__author=user) | Q(argument__author=user), bound_at__isnull=False)
    if found := list(own.order_by("pk")):
        yield PersonalFile(
            "feuilles-rattachees",
            _("What you gave on paper or elsewhere, and attached to your account"),
            _("Its words are with your proposals and arguments."),
            [
                {
                    _("how it was given"): each.get_channel_display(),
                    _("where"): each.place,
                    _("given on"): each.given_on,
                    _("attached on"): each.bound_at,
                    _("age"): each.get_age_band_display(),
                    _("neighbourhood"): each.neighbourhood,
                    _("capacity"): each.get_capacity_display(),
                }
                for each in found
            ],
        )
    typed = Entry.objects.filter(Q(typed_by=user) | Q(read_by=user)).order_by("pk")
    if typed.exists():
        yield PersonalFile(
            "feuilles-saisies",
            _("Sheets that you typed or read for others"),
            _("As a member of the team. Not their words, which are those of others."),
            [{_("number"): each.pk, _("typed on"): each.typed_at, _("read on"): each.read_at} for each in typed],
        )
    corrected = Correction.objects.filter(by=user).order_by("pk")
    if corrected.exists():
        yield PersonalFile(
            "feuilles-corrigees",
            _("Sheets that you corrected for others"),
            _("As a member of the team. Not their words, which are those of others."),
            [{_("number"): each.entry_id, _("corrected on"): each.at} for each in corrected],
        )
