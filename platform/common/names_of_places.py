"""French before a name: d’Orléans, du Havre, des Mureaux, de La Rochelle, du Loiret, de la CC du Perche."""

import re
import unicodedata

from django.utils.translation import pgettext

from common.languages import is_french

# A name of a place in h is aspirated unless it is one of these (as their own towns write it): d’Hyères, de Haguenau.
_MUTE_H_WORDS = """
    harfleur haubourdin hautmont hazebrouck hendaye henin hennebont herault herbignac herblay hericourt herouville
    hirson honfleur houdan hyeres
    """
_MUTE_H = tuple(_MUTE_H_WORDS.split())
_VOWELS = "aeiou"
# What a group's name begins with, and has an article.
_GROUP = re.compile(r"(?:CC|CA|CU|Métropole|Communauté|Collectivité|Ville|Commune|Région)\b(?!-)")
_GROUP_M = re.compile(r"(?:Syndicat|Département|Conseil|Grand Paris|Grand-Orly)\b")
# Departments and regions, by their article. Those that have none (Ille-et-Vilaine, Mayotte, Bretagne) are not here.
_ARTICLES = {
    "du ": """Calvados|Cantal|Centre-Val de Loire|Cher|Doubs|Finistère|Gard|Gers|Grand Est|Jura|Loiret|Lot|Morbihan|Nord
        |Pas-de-Calais|Puy-de-Dôme|Rhône|Tarn|Territoire de Belfort|Val-d'Oise|Val-de-Marne|Var|Vaucluse""",
    "de la ": """Charente|Charente-Maritime|Collectivité européenne d’Alsace|Corrèze|Creuse|Côte-d'Or|Dordogne|Drôme
        |Gironde|Guadeloupe|Guyane|Haute-Garonne|Haute-Loire|Haute-Marne|Haute-Savoie|Haute-Saône|Haute-Vienne|Loire
        |Loire-Atlantique|Lozère|Manche|Marne|Martinique|Mayenne|Meuse|Moselle|Nièvre|Nouvelle-Calédonie
        |Polynésie française|Sarthe|Savoie|Seine-Maritime|Seine-Saint-Denis|Somme|Vendée|Vienne""",
    "de l’": "Ain|Aisne|Allier|Ardèche|Ariège|Aube|Aude|Aveyron|Essonne|Eure|Hérault|Indre|Isère|Oise|Orne|Yonne",
    "des ": """Alpes-Maritimes|Alpes-de-Haute-Provence|Ardennes|Bouches-du-Rhône|Côtes-d'Armor|Deux-Sèvres
        |Hautes-Alpes|Hautes-Pyrénées|Hauts-de-France|Hauts-de-Seine|Landes|Pays de la Loire|Pyrénées-Atlantiques
        |Pyrénées-Orientales|Vosges|Yvelines""",
}
_ARTICLE_OF = {name.strip(): article for article, names in _ARTICLES.items() for name in names.split("|")}


def of_place(name: str, *, kind: str = "") -> str:
    """The name with its « de ». `kind` (tenants.enums.AuthorityKind) tells the department Vienne from the town.

    In other languages as their catalogues say.
    """
    if not is_french():
        return pgettext("a place", "of %(name)s") % {"name": name}
    if kind in ("DEPARTMENT", "REGION") and name in _ARTICLE_OF:
        return _ARTICLE_OF[name] + name
    for begins, becomes in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(begins):
            return becomes + name[len(begins) :]
    if name.startswith("Eurométropole"):
        return f"de l’{name}"
    if _GROUP.match(name):
        return f"de la {name}"
    if _GROUP_M.match(name):
        return f"du {name}"
    return f"d’{name}" if _is_elided(name) else f"de {name}"


# First names whose h is mute, as they are said: d’Hélène, d’Hugues, and de Hakim, de Harry.
_NAMES_IN_MUTE_H = (
    "hadrien", "helen", "helie", "helois", "henri", "herbert", "hermin", "herve", "hilair", "hippolyte", "honor",
    "hortens", "hubert", "hugu", "hyacinthe",
)  # fmt: skip


def of_person(name: str) -> str:
    """« d’Hélène », « de Mésange »: before whatever name somebody has chosen."""
    return f"d’{name}" if _is_elided(name, _NAMES_IN_MUTE_H) else f"de {name}"


def _is_elided(name: str, mute: tuple[str, ...] = _MUTE_H) -> bool:
    letters = unicodedata.normalize("NFD", name.lower().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(sign for sign in letters if not unicodedata.combining(sign))
    if letters.startswith("y"):
        # d’Yvetot, de Yutz.
        return letters[1:2] not in tuple(_VOWELS)
    return letters.startswith((*_VOWELS, *mute))
