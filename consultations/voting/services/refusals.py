"""Expected refusals in votes, with the sentence to show. When one is raised nothing has been changed."""

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal
from common.templatetags.ui import deadline, figure
from common.text import in_euros
from consultations.framing.models import Phase
from consultations.framing.selectors import period
from consultations.voting.models import Vote


class _OfField(Refusal):
    """`field`: what of a form it is about."""

    status = 422
    field = ""


# ── Setting up ───────────────────────────────────────────────────────────────


class RuleStands(Refusal):
    code = "vote_rule_stands"
    message = _(
        "This vote has opened: its rule, its costs and its list stand until the end. A project may only be withdrawn, "
        "with its reason."
    )


class VoteRuns(Refusal):
    code = "vote_runs"

    def __init__(self, vote: Vote) -> None:
        told = gettext(
            "People vote in “%(title)s” until %(day)s: until then it cannot be closed, shortened or archived."
        )
        super().__init__(told % {"title": vote.title, "day": deadline(vote.closes_at)})


class NoPrioritising(_OfField):
    code = "no_prioritising"
    field = "opens_at"
    message = _("A vote takes place in the phase “prioritise”: give this phase its dates first.")


class OutsidePhase(_OfField):
    code = "outside_phase"

    def __init__(self, field: str, phase: Phase) -> None:
        told = gettext("A vote opens and closes within its phase, “%(phase)s”, %(period)s.")
        said = {"phase": phase.get_kind_display(), "period": period(phase.opens_at, phase.closes_at)}
        super().__init__(told % said)
        self.field = field


class OpensInPast(_OfField):
    code = "vote_opens_in_past"
    field = "opens_at"
    message = _("Choose a moment to come: what is set stands from the opening on.")


class ClosesFirst(_OfField):
    code = "vote_closes_first"
    field = "closes_at"
    message = _("A vote closes after it opens: one hour later at least.")


class BudgetMissing(_OfField):
    code = "vote_budget_missing"
    field = "budget"
    message = _("Say how much there is to spend: one euro at least.")


class MostMissing(_OfField):
    code = "vote_most_missing"
    field = "most"
    message = _("Say how many voices each person has.")


class SeatsMissing(_OfField):
    code = "vote_seats_missing"
    field = "seats"
    message = _("Say how many projects the vote chooses: one at least.")


class MostBelowLeast(_OfField):
    code = "vote_most_below_least"
    field = "most"
    message = _("The most is not less than the least.")


class CostMissing(_OfField):
    code = "vote_cost_missing"
    field = "cost"
    message = _("In this vote each project has a cost: one euro at least.")


class TooFewItems(Refusal):
    code = "vote_too_few_items"
    status = 422
    message = _("Put two projects to the vote at least: with one there is nothing to choose.")


class TooManyItems(Refusal):
    code = "vote_too_many_items"
    status = 422
    message = _("Two hundred projects at most: nobody reads more of them.")


class LeastTooMany(Refusal):
    code = "vote_least_too_many"
    status = 422
    message = _("Fewer projects are put to the vote than one must choose at least.")


class NothingLeftOut(Refusal):
    code = "vote_nothing_left_out"
    status = 422
    message = _("All projects would be chosen, whatever people vote. Choose fewer of them, or put more to the vote.")


class CostsMissing(Refusal):
    code = "vote_costs_missing"
    status = 422

    def __init__(self, count: int) -> None:
        told = ngettext(
            "%(count)s project has no cost yet: enter it, then announce the vote.",
            "%(count)s projects have no cost yet: enter them, then announce the vote.",
            count,
        )
        super().__init__(told % {"count": figure(count)})


class NotForVote(Refusal):
    code = "not_for_vote"
    status = 422
    message = _("Choose among the proposals and projects of this consultation that can be read.")


class NotWithdrawable(Refusal):
    code = "not_withdrawable"
    message = _("A project is withdrawn from a vote that is announced and not closed. Before that, remove it.")


class TooFewLeft(Refusal):
    code = "vote_too_few_left"
    message = _(
        "Without it too few projects would be left for people to choose among them. Leave it in the vote: if it is "
        "chosen, your answer says why it cannot be done."
    )


class NoCodesHere(Refusal):
    code = "no_codes_here"
    message = _("This vote is not by codes, or it is over.")


class CodesStand(Refusal):
    code = "vote_codes_stand"
    message = _(
        "This vote has opened: no more codes are made. Each one would be a ballot more, in the hands of whoever makes "
        "it."
    )


class CodesMade(Refusal):
    code = "vote_codes_made"

    def __init__(self, count: int) -> None:
        told = ngettext(
            "%(count)s code has been made already, perhaps by this very press. Make more only for more letters, or "
            "cancel it first.",
            "%(count)s codes have been made already, perhaps by this very press. Make more only for more letters, or "
            "cancel them first.",
            count,
        )
        super().__init__(told % {"count": figure(count)})


class CodesMissing(Refusal):
    code = "vote_codes_missing"
    status = 422
    message = _("Make the codes of your letters first: once the vote has opened, none can be made any more.")


class TooManyCodes(Refusal):
    code = "too_many_codes"
    status = 422
    message = _("Between 1 and 50,000 codes for a vote.")


# ── Voting ───────────────────────────────────────────────────────────────────


class VoteNotOpen(Refusal):
    code = "vote_not_open"

    def __init__(self, vote: Vote) -> None:
        super().__init__(
            gettext("This vote opens on %(day)s. Nothing is kept before.") % {"day": deadline(vote.opens_at)}
        )


class VoteOver(Refusal):
    code = "vote_over"
    message = _("This vote is closed: nothing can be changed any more.")


class MayNotVote(Refusal):
    code = "may_not_vote"
    status = 403

    def __init__(self, vote: Vote) -> None:
        said = {
            "CODES": gettext("This vote is for whoever has received a code by letter: enter yours first."),
            "RESIDENTS": gettext("This vote is for whoever lives here: say so in your profile first, if you do."),
        }
        message = said.get(vote.electorate, gettext("Your account cannot vote here."))
        if vote.neighbourhood and vote.electorate != "CODES":
            message = gettext(
                "This vote is for whoever lives in this neighbourhood: %(neighbourhood)s. Say so in your profile first,"
                " if you do."
            ) % {"neighbourhood": vote.neighbourhood}
        super().__init__(message)


class VotedInAnother(Refusal):
    code = "voted_in_another"

    def __init__(self, neighbourhood: str) -> None:
        super().__init__(
            gettext("You have voted for another neighbourhood, %(neighbourhood)s: one votes for one.")
            % {"neighbourhood": neighbourhood}
        )


class VotedAlready(Refusal):
    code = "voted_already"
    message = _(
        "A ballot has been cast with your e-mail address, on paper or from another account, deleted since or with "
        "another address now. One address is one ballot."
    )


class UnknownItem(Refusal):
    code = "vote_unknown_item"
    status = 404
    message = _("This project is not put to this vote.")


class ItemWithdrawn(Refusal):
    code = "vote_item_withdrawn"
    message = _("This project has been withdrawn from the vote: it can be chosen no more.")


class TooDear(Refusal):
    code = "vote_too_dear"
    status = 422
    message = _("This project costs more than the whole amount: nobody can choose it.")


class OverBudget(Refusal):
    code = "over_budget"
    status = 422

    def __init__(self, over: int) -> None:
        euros = in_euros(over)
        super().__init__(gettext("You lack %(euros)s: remove a project first.") % {"euros": euros})


class TooManyChosen(Refusal):
    code = "too_many_chosen"
    status = 422

    def __init__(self, most: int) -> None:
        told = ngettext(
            "You have %(count)s voice: remove a project first.",
            "You have %(count)s voices: remove a project first.",
            most,
        )
        super().__init__(told % {"count": figure(most)})


class TooFewChosen(Refusal):
    code = "too_few_chosen"
    status = 422

    def __init__(self, least: int) -> None:
        told = ngettext(
            "Choose %(count)s project at least, then confirm.",
            "Choose %(count)s projects at least, then confirm.",
            least,
        )
        super().__init__(told % {"count": figure(least)})


class ChosenElsewhere(Refusal):
    code = "chosen_elsewhere"
    message = _(
        "Your choice has changed meanwhile, on another device or in another tab. Here it is as it is now: read it once "
        "more, then confirm."
    )


class CodeRefused(_OfField):
    code = "vote_code_refused"
    field = "code"
    message = _("This code is not known, or it has been used. Compare it with the letter: it has eight characters.")


class CodeNotNeeded(_OfField):
    code = "vote_code_not_needed"
    field = "code"
    message = _("You have already given a code for this vote: you can vote.")


# ── The result ───────────────────────────────────────────────────────────────


class NotCounted(Refusal):
    code = "vote_not_counted"
    message = _("This vote is not counted yet: answers are prepared from its result.")


# ── Paper ────────────────────────────────────────────────────────────────────


class PaperOverBudget(Refusal):
    code = "paper_over_budget"
    status = 422

    def __init__(self, over: int) -> None:
        told = gettext(
            "What is ticked costs %(euros)s too much for the budget. Compare it with the paper: if it says so, this "
            "ballot does not count."
        )
        super().__init__(told % {"euros": in_euros(over)})


class PaperTooMany(Refusal):
    code = "paper_too_many_chosen"
    status = 422

    def __init__(self, most: int) -> None:
        told = ngettext(
            "A ballot has %(count)s project at most. Compare it with the paper: if it has more, this ballot does "
            "not count.",
            "A ballot has %(count)s projects at most. Compare it with the paper: if it has more, this ballot does "
            "not count.",
            most,
        )
        super().__init__(told % {"count": figure(most)})


class PaperTooFew(Refusal):
    code = "paper_too_few_chosen"
    status = 422

    def __init__(self, least: int) -> None:
        told = ngettext(
            "A ballot has %(count)s project at least. Compare it with the paper: if it has fewer, this ballot does "
            "not count.",
            "A ballot has %(count)s projects at least. Compare it with the paper: if it has fewer, this ballot does "
            "not count.",
            least,
        )
        super().__init__(told % {"count": figure(least)})


class NotTheSame(Refusal):
    code = "paper_not_the_same"
    status = 403
    message = _("You entered this ballot: a colleague compares it with the paper and confirms it.")


class PaperSentBefore(Refusal):
    """The same form, with something else in it."""

    code = "paper_sent_before"

    def __init__(self, receipt: str) -> None:
        told = gettext(
            "This form has entered ballot %(receipt)s already. If this is another ballot, enter it once more."
        )
        super().__init__(told % {"receipt": receipt})


class PaperLate(Refusal):
    code = "paper_late"
    message = _("This vote is closed: a ballot from paper that was not confirmed before does not count.")


class PaperGone(Refusal):
    code = "paper_gone"
    message = _("This ballot no longer waits: it has been confirmed, or taken out.")
