"""What a city takes with it of moderation (common.citycopy).

The desk's copy: what the register says. Who reported, who appealed and in which words, and what was taken out of texts
are in the complete one alone.
"""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.moderation.models import (
    Appeal,
    Case,
    CityWord,
    Decision,
    Delegate,
    Evidence,
    Flag,
    KeptSuspension,
    Original,
    Report,
    SecondLook,
)
from consultations.moderation.selectors.register import registered


def _registered() -> QuerySet[Decision]:
    return registered().order_by("pk")


in_city_copies(
    Decision,
    title=_("Decisions of moderation, as the register has them"),
    shared="id kind act ground rule reference by_operator was_flagged report_count opened_at decided_at until",
    complete="publishes case_id facts moderator_id second_id author_id cancels_id answers_id part_of_id",
    rows=_registered,
)
in_city_copies(
    Case,
    title=_("What was looked at by moderation"),
    complete="id kind subject_id consultation_id state opened_at due_at is_held report_count notified",
    never="digest claimed_by_id claimed_at",
)
in_city_copies(
    Report,
    title=_("Reports"),
    complete="id case_id reason words reporter_id email name language about_children in_good_faith made_at answered_at",
)
in_city_copies(
    Flag,
    title=_("Passages that the filter pointed at"),
    complete="id case_id kind part start end reason found_at",
    never="digest",
)
in_city_copies(
    Appeal,
    title=_("Decisions contested by authors"),
    complete="id decision_id author_id words state made_at",
)
in_city_copies(
    Original,
    title=_("Texts as they were before a passage was hidden"),
    complete="id decision_id table row column before after",
)
in_city_copies(
    Evidence,
    title=_("Illegal content as it was, for the authorities"),
    complete="id decision_id content order_reference frozen_at",
)
in_city_copies(
    SecondLook,
    title=_("Decisions that wait for a second person"),
    complete="id case_id act ground facts passages asked_by_id asked_at settled_by_id",
)
in_city_copies(KeptSuspension, never="id mailbox_hash until")
in_city_copies(
    CityWord,
    title=_("Words that the filter points at in this city alone"),
    complete="id words",
)
in_city_copies(
    Delegate,
    title=_("Accounts of the service’s team, by delegation"),
    complete="id user_id operator since last_entered_at",
)
in_words(
    {
        "act": _("what was decided"),
        "moderation_report.language": _("language of what is answered to whoever reported, as a code; empty: French"),
        "ground": _("code of the ground"),
        "rule": _("the ground in words"),
        "reference": _("article of law or clause of the charter"),
        "moderation_decision.facts": _("what the author was told of their text"),
        "by_operator": _("whether the service decided, by delegation"),
        "was_flagged": _("whether the filter had pointed at it"),
        "publishes": _("whether the text waited to be published until then"),
        "report_count": _("how many reports there were"),
        "until": _("until when the account is suspended"),
        "part_of_id": _("number of the suspension that took it along"),
        "decided_at": _("when it was decided"),
        "operator": _("number of the person of the service’s team, the same in all cities"),
        "moderation_delegate.since": _("since when"),
        "last_entered_at": _("when they last entered"),
        "due_at": _("until when it was to be decided"),
        "is_held": _("whether it waits to be published"),
        "notified": _("number of the last decision that people were notified of"),
        "about_children": _("whether it is about an offence against children"),
        "in_good_faith": _("whether the person reports in good faith"),
        "made_at": _("when it was made"),
        "moderation_report.name": _("name that the person gave"),
        "words": _("what the person wrote"),
        "found_at": _("when the filter found it"),
        "before": _("the text before"),
        "after": _("the text after"),
        "passages": _("the words to hide"),
        "moderation_evidence.content": _("the text, where it stood, and who wrote it"),
        "order_reference": _("reference of the order that it answers"),
        "frozen_at": _("when it was frozen"),
        "settled_by_id": _("number of the decision that settled it, which may still be taken back"),
        "asked_at": _("when it was asked"),
        "start": _("where the passage begins, in signs"),
        "end": _("where the passage ends, in signs"),
        "table": _("table of the text"),
        "row": _("number of the row"),
        "column": _("column of the text"),
        "case_id": _("number of the case"),
        "decision_id": _("number of the decision"),
        "cancels_id": _("number of the decision that it cancels"),
        "answers_id": _("number of the appeal that it answers"),
        "moderator_id": _("who decided"),
        "second_id": _("who asked for it first, where two persons decided"),
        "reporter_id": _("who reported"),
        "asked_by_id": _("who asked"),
        "moderation_case.subject_id": _("number of what it is about"),
    }
)
