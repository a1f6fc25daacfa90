"""Which column of a spreadsheet is which part of a proposal: suggested by its name, said by somebody."""

import re
import unicodedata
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

# In the order in which they are asked for.
FIELDS = {
    "body": _("Text of the proposal"),
    "title": _("Title"),
    "submitted_at": _("Day or moment"),
    "author": _("Public name of its author"),
    "place": _("Neighbourhood"),
    "challenge": _("Challenge (or theme)"),
    "rationale": _("What it starts from (problem)"),
    "benefit": _("What it would bring"),
    "for": _("Number of supports"),
    "hidden": _("Is it hidden? (yes or no)"),
    "ref": _("Reference, different in each line"),
}
_NAMES = {
    "body": r"texte|corps|body|description|contenu|proposition|contribution|idee|solution|reponse|message|avis",
    "title": r"titre|title|intitule|objet|sujet",
    "submitted_at": r"date.*|horodateur|cree le|created.*|published.*|depose.*|jour|submitted.*",
    "author": r"auteur.*|author.*|pseudo.*|nom public|prenom",
    "place": r"quartier|lieu|secteur|neighbourhood",
    "challenge": r"defi|theme|thematique|categorie|category|axe|rubrique",
    "rationale": r"probleme|constat|pourquoi|rationale",
    "benefit": r"benefice|apport|benefit",
    "for": r"soutiens?|votes?( pour)?|pour|likes?|supports?",
    "hidden": r"masquee?|cachee?|hidden|moderee?",
    "ref": r"ref(erence)?|id|identifiant|numero|n°|n",
}


def suggested(columns: Sequence[str]) -> dict[str, str]:
    """Each column once, each field once, the first that fits."""
    found: dict[str, str] = {}
    for field, pattern in _NAMES.items():
        for column in columns:
            if column not in found.values() and re.fullmatch(pattern, _plain(column)):
                found[field] = column
                break
    if "body" not in found and (left := [each for each in columns if each not in found.values()]):
        found["body"] = left[0]
    return found


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.lower())
    return " ".join("".join(each for each in letters if not unicodedata.combining(each)).split())
