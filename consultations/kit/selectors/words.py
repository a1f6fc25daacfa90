"""The words of the templates that are the same for everyone. As short as a support that is read in passing asks for."""

from django.utils.translation import pgettext


def says(*, proposing: bool) -> dict[str, str]:
    """`proposing`: whether one may, still; else nothing invites to it, and there is no paper form."""
    said = {**_everywhere(), **_on_forms(), **_in_letters(), **_on_slides()}
    return said if proposing else {**said, **_after_proposing()}


def _everywhere() -> dict[str, str]:
    return {
        "qr": pgettext("print", "QR code that opens"),
        "logo": pgettext("print", "Logo of"),
        "offline": pgettext("print", "Without internet:"),
        "phone": pgettext("print", "By phone:"),
        "scan": pgettext("print", "Scan, read, propose"),
        "two_minutes": pgettext("print", "Two minutes are enough to say what you think. Reading needs no account."),
        "read": pgettext("print", "Read"),
        "read_more": pgettext("print", "The challenges, the figures, what others propose. Without an account."),
        "react": pgettext("print", "React"),
        "react_more": pgettext("print", "I like, I am in two minds, I do not like: and say why."),
        "propose": pgettext("print", "Propose"),
        "propose_more": pgettext("print", "Your solution, the problem that it is about, what would be gained."),
        "no_internet": pgettext("print", "No internet, or rather on paper?"),
        "paper": pgettext("print", "Ask for a paper form at the reception desk: it counts like the others."),
    }


def _after_proposing() -> dict[str, str]:
    return {
        "scan": pgettext("print", "Scan, read, react"),
        "propose": pgettext("print", "Follow"),
        "propose_more": pgettext("print", "What the authority answers, and what becomes of the proposals."),
        "no_internet": pgettext("print", "No internet?"),
        "paper": pgettext("print", "Ask at the reception desk how to take part."),
        "letter_how": pgettext(
            "print",
            "You can read what is proposed and say what you think of it. Nobody needs an account to read; an e-mail "
            "address is enough to react.",
        ),
        "letter_relay": pgettext("print", "You can help by putting up the poster or by passing on this address."),
    }


def _on_forms() -> dict[str, str]:
    return {
        "number": pgettext("print", "Sheet number"),
        "form_lead": pgettext(
            "print",
            "Write so that it can be read, one proposal a sheet. Your text will be published as it is, under"
            " the public name that you choose. Give nobody’s address or telephone number in it.",
        ),
        "which": pgettext("print", "Which challenge does it answer?"),
        "none_of_these": pgettext("print", "Another one, or I do not know"),
        "solution": pgettext("print", "What is your solution?"),
        "solution_more": pgettext("print", "What should be done, where, with whom."),
        "problem": pgettext("print", "Which problem is it about?"),
        "problem_more": pgettext("print", "What you see, and whom it concerns."),
        "benefit": pgettext("print", "What would be gained?"),
        "benefit_more": pgettext("print", "What will change, and for whom."),
        "short_title": pgettext("print", "A title in a few words"),
        "you": pgettext("print", "You"),
        "public_name": pgettext("print", "Public name (first name, nickname …)"),
        "follow": pgettext("print", "To follow your proposal"),
        "follow_more": pgettext(
            "print",
            "No e-mail address is asked for. With the receipt code below you read what becomes of your proposal and "
            "what the authority answers, whenever you like.",
        ),
        "privacy": pgettext(
            "print",
            "The authority uses this sheet to run the consultation (task of public interest, GDPR, article "
            "6, 1, e). Access, correction, erasure:",
        ),
        "cnil": pgettext("print", "complaints: CNIL."),
        "keep": pgettext("print", "To be kept: sheet"),
        "keep_more": pgettext(
            "print",
            "Once your sheet is entered, a receipt code lets you follow, correct or erase your proposal "
            "without an e-mail address. Whoever has it can erase: keep it to yourself. If it is not printed "
            "here, have it written into this box:",
        ),
        "keep_printed": pgettext(
            "print",
            "Once your sheet is entered, this receipt lets you follow, correct or erase your proposal without an"
            " e-mail address. Whoever has it can erase: keep it to yourself.",
        ),
        "receipt": pgettext("print", "Receipt code"),
        "hand_in": pgettext("print", "Where to hand it in:"),
        "qualities": pgettext("print", "I live here|I work or study here|Association|Company|Under 25"),
    }


def _in_letters() -> dict[str, str]:
    return {
        "dear": pgettext("print", "Dear Sir or Madam,"),
        "letter_asks": pgettext("print", "We invite you to take part in a consultation whose question concerns you:"),
        "letter_how": pgettext(
            "print",
            "You can read what others propose, say what you think of it, and make a proposal of your own. "
            "Nobody needs an account to read; an e-mail address is enough to publish.",
        ),
        "letter_relay": pgettext(
            "print",
            "You can help by putting up the poster, by passing on this address, or by asking us for paper "
            "forms for people who do not use the internet.",
        ),
        "letter_end": pgettext("print", "Thank you for your attention and for your ideas."),
        "letter_signed": pgettext("print", "Name, function and signature"),
        "letter_dates": pgettext("print", "The stages"),
        "letter_place": pgettext("print", "Addressee"),
        "letter_day": pgettext("print", "Place and date"),
    }


def _on_slides() -> dict[str, str]:
    return {
        "why_here": pgettext("print", "Why we are here"),
        "promise": pgettext("print", "What the authority promises"),
        "stages": pgettext("print", "The stages"),
        "take_part": pgettext("print", "Take part"),
        "talk": pgettext("print", "To begin the discussion"),
    }
