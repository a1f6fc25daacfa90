"""Texts to copy: for networks, the municipal bulletin, the press, screens. Each has the short address of its own."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.templatetags.ui import colon
from common.text import shortened, visible_length, whole_sentences
from consultations.framing.models import Consultation
from consultations.framing.selectors import challenges_of, legal_identity, shown_challenges_of
from consultations.kit.enums import Support
from consultations.kit.selectors.material import MOST_CHALLENGES, dates, facts, short_url, until, words
from consultations.kit.selectors.stages import may_propose

# What X takes; Bluesky takes 300, Mastodon 500.
SHORT_MOST = 280
# How long a consultation is new.
NEWS = timedelta(days=14)


@dataclass(frozen=True)
class Text:
    """`most`: how many signs the place takes, where it says so."""

    name: str
    label: Any
    body: str
    most: int = 0

    @property
    def length(self) -> int:
        return visible_length(self.body)

    @property
    def rows(self) -> int:
        return min(22, 1 + sum(1 + len(line) // 70 for line in self.body.splitlines()))


def texts_of(consultation: Consultation, city: Any) -> list[Text]:
    found = shown_challenges_of(consultation) if consultation.opened_at else challenges_of(consultation)
    told = _Told(consultation, city, [words(each.question) for each in found[:MOST_CHALLENGES]])
    return [
        Text("court", Support.SHORT.label, told.short(), SHORT_MOST),
        Text("facebook", Support.FACEBOOK.label, told.post(Support.FACEBOOK)),
        Text("instagram", Support.INSTAGRAM.label, told.post(Support.INSTAGRAM)),
        Text("linkedin", Support.LINKEDIN.label, told.professional()),
        Text("bulletin-bref", pgettext("support", "Municipal bulletin, in brief"), told.brief(Support.BULLETIN)),
        Text("bulletin", pgettext("support", "Municipal bulletin, half a page"), told.article()),
        Text("site", Support.SITE.label, told.brief(Support.SITE)),
        Text("presse", pgettext("support", "Local press: press release"), told.release()),
        Text("ecran", Support.SCREEN.label, told.screen(), 100),
    ]


@dataclass
class _Told:
    consultation: Consultation
    city: Any
    questions: list[str]

    @property
    def question(self) -> str:
        return words(self.consultation.question or self.consultation.title)

    @property
    def name(self) -> str:
        return words(self.city.name)

    @property
    def proposing(self) -> bool:
        return may_propose(self.consultation)

    def at(self, support: Support) -> str:
        return short_url(self.city, support, self.consultation)

    @property
    def until(self) -> str:
        """As a sentence of its own."""
        last = until(self.consultation)
        return f"{last[0].upper()}{last[1:]}." if last else ""

    def short(self) -> str:
        """The question gives way, never the address."""
        link = self.at(Support.SHORT)
        frame = "\n".join(filter(None, ["%s", f"{self.name}. {self.until}".strip(), link]))
        room = SHORT_MOST - visible_length(frame % "")
        return frame.replace("%s", shortened(self.question, max(room, 20)), 1)

    def post(self, support: Support) -> str:
        asks = _("%(city)s asks you.") % {"city": self.name}
        invites = (
            _("Read what others propose, say what you think, write your own ideas. All of them are answered.")
            if self.proposing
            else _("Read what is proposed, and say what you think of it. All proposals are answered.")
        )
        return "\n\n".join(
            filter(None, [self.question, f"{asks} {invites}", f"{self.until} {self.at(support)}".strip()])
        )

    def professional(self) -> str:
        told = _("%(city)s opens a consultation: “%(question)s”") % {"city": self.name, "question": self.question}
        opened = self.consultation.opened_at
        if not self.proposing or (opened and opened < timezone.now() - NEWS):
            told = _("%(city)s consults you: “%(question)s”") % {"city": self.name, "question": self.question}
        who = (
            _("Inhabitants, associations, companies: what you know of the territory counts. Argue, propose, improve.")
            if self.proposing
            else _("Inhabitants, associations, companies: what you know of the territory counts. Read and react.")
        )
        return "\n\n".join(filter(None, [told, who, f"{self.until} {self.at(Support.LINKEDIN)}".strip()]))

    def brief(self, support: Support) -> str:
        invites = (
            _("Take part: read, say what you think, propose. An e-mail address is enough; reading needs nothing.")
            if self.proposing
            else _("Take part: read, say what you think. An e-mail address is enough; reading needs nothing.")
        )
        lines = [self.question, invites, self.until, f"{self.at(support)} {self._offline()}".strip()]
        return "\n".join(filter(None, lines))

    def article(self) -> str:
        consultation = self.consultation
        about = words(whole_sentences(consultation.introduction, 600)) if consultation.introduction else ""
        asked = "\n".join([_("The questions:"), *(f"– {each}" for each in self.questions)]) if self.questions else ""
        how = (
            _(
                "How to take part? At %(address)s you read what others propose, react, argue, and write your own"
                " proposal."
            )
            if self.proposing
            else _("How to take part? At %(address)s you read what is proposed, and say what you think of it.")
        )
        said = [
            self.question,
            about,
            asked,
            how % {"address": self.at(Support.BULLETIN)},
            self._offline(),
            self._facts(),
        ]
        return "\n\n".join(filter(None, said))

    def release(self) -> str:
        opens = _("%(city)s consults its inhabitants on a question: “%(question)s”")
        stages = "\n".join(f"– {when}{colon()}{what}" for when, what in dates(self.consultation))
        said = [
            _("Press release"),
            opens % {"city": self.name, "question": self.question},
            words(whole_sentences(self.consultation.introduction, 600)) if self.consultation.introduction else "",
            self._facts(),
            "\n".join([_("The stages:"), stages]) if stages else "",
            _("Anybody may read all proposals and arguments, without an account: %(address)s")
            % {"address": self.at(Support.PRESS)},
            _("Contact: %(address)s") % {"address": self.consultation.contact_email}
            if self.consultation.contact_email
            else "",
        ]
        return "\n\n".join(filter(None, said))

    def screen(self) -> str:
        """Panels show few signs."""
        last = until(self.consultation)
        end = f"{last}, {self.city.host}" if last else self.city.host
        said = _("Consultation: %(end)s") % {"end": end}
        return said if visible_length(said) <= 100 else str(self.city.host)

    def _facts(self) -> str:
        return "\n".join(f"{head} {words(body)}" for head, body in facts(self.consultation))

    def _offline(self) -> str:
        place = legal_identity().help_place
        return _("Without internet: %(place)s.") % {"place": words(place).rstrip(".")} if place else ""
