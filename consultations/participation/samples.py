"""Cards, lines and dialogue on the page of components (common.samples): invented proposals and arguments."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from common.differences import difference
from common.samples import shows_components
from consultations.participation.enums import Stage


def _challenge(theme: str, label: str, question: str) -> SimpleNamespace:
    return SimpleNamespace(
        theme=theme,
        label=label,
        question=question,
        is_imported=False,
        proposal_count=41,
        argument_count=1187,
        get_absolute_url="#cards",
    )


def _proposal(challenge: SimpleNamespace, title: str, stage: str, call: str = "", **merged: int) -> SimpleNamespace:
    return SimpleNamespace(
        challenge=challenge,
        title=title,
        excerpt="Chacun y laisse ce qu’il a en trop. Chacun y prend ce qui lui manque, sans rien demander.",
        author_name="Mésange",
        author_function="",
        author_capacity_label="habite à Saran",
        stage=stage,
        call=call,
        like_count=52,
        mixed_count=11,
        dislike_count=6,
        argument_count=14,
        get_absolute_url="#cards",
        **{"merged_into_id": None, "brings_together": 0, **merged},
    )


def _argument(number: int, stance: str, about: str, text: str, **changes: Any) -> SimpleNamespace:
    usual = {
        "verdict": "",
        "get_verdict_display": "",
        "taken_in": None,
        "verdict_reason": "",
        "verdict_hidden": False,
        "source_url": "",
        "source_title": "",
        "edited_at": None,
        "imported_votes": 0,
        "is_hidden": False,
        "is_removed": False,
    }
    return SimpleNamespace(
        pk=number,
        stance=stance,
        about=about,
        text=text,
        author_name="Roue libre",
        author_function="animation",
        author_capacity_label="habite à Saran",
        submitted_at=datetime(2026, 10, number, 12, tzinfo=UTC),
        **{**usual, **changes},
    )


def _cards() -> dict[str, Any]:
    challenges = [
        _challenge("ECOLOGY", "Écologie", "Comment garder la ville fraîche et vivante l’été\u202f?"),
        _challenge("SOLIDARITY", "Solidarité", "Comment ne laisser personne seul en cas de coup dur\u202f?"),
        _challenge("SOCIETY", "Société", "Comment faire vivre nos quartiers après 19 heures\u202f?"),
    ]
    return {
        "challenges": challenges,
        "stages": Stage.values,
        "phases": [
            {"label": "Préparer", "state": "done", "dates": "de juin à août"},
            {"label": "Proposer", "state": "now", "dates": "c’est maintenant, jusqu’au 1er novembre"},
            {"label": "Réécrire", "state": "next", "dates": "du 2 au 29 novembre"},
            {"label": "Prioriser", "state": "next", "dates": "en décembre"},
            {"label": "Répondre", "state": "next", "dates": "avant le 31 janvier"},
            {"label": "Suivre", "state": "next", "dates": "dès le printemps 2027"},
        ],
        "journey": [
            {"label": "Idée", "state": "done", "note": "11 septembre"},
            {"label": "Arguments", "state": "done", "note": "19 donnés, 4 repris"},
            {"label": "Réécriture", "state": "now", "note": "troisième version, 5 octobre"},
            {"label": "Proposition collective", "state": "next", "note": ""},
            {"label": "Projet de la commune", "state": "next", "note": ""},
        ],
        "proposals": [
            _proposal(challenges[0], "Un îlot frais à dix minutes à pied", "REWORK"),
            _proposal(
                challenges[1],
                "Un frigo partagé devant la halle",
                "IDEA",
                "14 personnes ont réagi. Personne n’a encore dit pourquoi.",
            ),
            _proposal(challenges[0], "Récupérer l’eau de pluie des gymnases", "COLLECTIVE", brings_together=2),
            _proposal(challenges[0], "Une cuve sous le terrain du club", "COLLECTIVE", merged_into_id=1),
        ],
        "page": Paginator(range(180), 10).page(7),
    }


def _dialogue() -> dict[str, Any]:
    return {
        "moved": difference(
            "On plante des arbres dans chaque cour d’école.\n\nLes riverains arrosent les jeunes arbres le soir.",
            "Les riverains arrosent les jeunes arbres le soir.\n\nOn plante des tilleuls dans chaque cour d’école.",
        ),
        "arguments_for": [
            _argument(
                1,
                "FOR",
                "Une condition, sur la solution",
                "Oui, si l’on peut y entrer en fauteuil. Le jardin de la bibliothèque a trois marches.",
                verdict="TAKEN",
                get_verdict_display="Repris",
                taken_in=3,
                verdict_reason="Vous avez raison, j’ajoute une entrée de plain-pied.",
            ),
            _argument(2, "FOR", "Du vécu, sur le problème", "", is_hidden=True),
        ],
        "arguments_against": [
            _argument(
                3,
                "AGAINST",
                "Une preuve, sur le bénéfice",
                "Planter prend dix ans avant de donner de l’ombre.",
                source_url="https://example.org/arbres",
                imported_votes=12,
            ),
            _argument(
                4,
                "AGAINST",
                "Un risque, sur la solution",
                "Ouvert jusqu’à 22 h, cela veut dire du bruit jusqu’à 23 h.\n\nQui ferme\u202f?",
                verdict="NOT_TAKEN",
                get_verdict_display="Non repris",
                verdict_reason="La police municipale passe déjà à 22 h.",
            ),
        ],
    }


shows_components("cards", _("Cards and lines"), "participation/ops/_samples_cards.html", order=20, examples=_cards)
shows_components("dialogue", _("Dialogue"), "participation/ops/_samples_dialogue.html", order=30, examples=_dialogue)
