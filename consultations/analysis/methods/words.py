"""The words of a text that say what it is about: French lemmas, without what any proposal says."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import simplemma

# Words of grammar, and those that any contribution to any consultation has.
_EMPTY = """
à ah ai aie ailleurs ainsi alors après as assez au aucun aucune aujourd'hui auquel aura aurait aussi autant autre autres
aux auxquels avait avant avec avoir beaucoup bien bon bonjour bonne bonsoir car ce ceci cela celle celles celui
cependant certain certaine certaines certains ces cet cette ceux chacun chaque chez chose ci combien comme comment
compte concerner contre dans de dehors déjà depuis dernier des dès désormais dessous deux devant devoir devra devrait
devraient doit doivent donc dont du durant elle elles en encore enfin ensuite entre entrer envers environ es est et etc
être eu eux exemple façon faire fait faut faudrait fois font fortement grâce grand hors hui ici il ils important jamais
je jusqu jusque juste la là laquelle le lequel les lesquels leur leurs lien loin long lors lorsque lui ma maintenant
mais malgré manière me même mêmes mes mettre mien mieux moi moins mon monsieur madame ne néanmoins ni nom nombre non nos
notamment notre nous nouveau nouveaux nouvelle nul on ont or ou où oui outre par parce parfois parmi part particulier
partir pas passer pendant penser permettre permet permettra permettrait petit peu peut peuvent plupart plus plusieurs
plutôt point pour pourquoi pourra pourrait pourtant pouvoir premier prendre près presque proche propos proposer puis
puisque qu quand quant que quel quelle quelles quelque quelques quels qui quoi quoique rien sa sans sauf se selon sera
serait seraient seront ses seul seule si sien simple simplement sinon soi soient soit sommes son sont sous souvent suis
suite sujet sur ta tant te tel telle telles tellement tels temps tes titre toi ton toujours tous tout toute toutes très
trois trop tu un une utiliser vers via vis voici voilà voir vos votre voudrait vouloir vous vraiment vu ça était étant
été êtes merci cordialement svp stp cf ex http https www com fr org
proposition argument consultation citoyen habitant commune mairie ville municipalité collectivité défi avis contribution
site article alinéa loi projet texte mesure idée idéal cas nécessaire aller venir dire donner savoir trouver rendre
rester sembler souhaiter demander falloir croire aimer besoin question problème solution objectif mise place niveau
effet terme ensemble type personne gens français france lieu jour an année aucune vrai accord désaccord doublon
ajout suppression modification explication évoquer notion cadre dispositif présent création chapitre section
"""
_BETWEEN = "de du des d l la le les à au aux en et pour par sur un une"
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_SENTENCES = re.compile(r"[.;:!?()\[\]«»\"\n,•–—/|]+")
_ADDRESSES = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|<[^>]{1,200}>")
# Lines of law that somebody quotes to say what to change in it: they speak of everything, and of nothing.
_QUOTED_LAW = re.compile(r"(?im)^\s*(l['’])?(article|art\.|au premier alinéa|après l['’]article|i+\.? ?[-–]|[«\"]).*$")
_SHORTEST, _LONGEST = 3, 40


class Word(NamedTuple):
    lemma: str  # empty for a word that says nothing by itself
    small: str
    start: int
    end: int


@lru_cache(200_000)
def lemma_of(word: str) -> str:
    """Empty for what says nothing."""
    if not _SHORTEST <= len(word) <= _LONGEST or word in _STOP or word.isdigit():
        return ""
    lemma = _LEMMAS.get(word) or simplemma.lemmatize(word, lang="fr").lower()
    return "" if lemma in _STOP else lemma


@lru_cache(200_000)
def is_french(word: str) -> bool:
    return bool(simplemma.is_known(word, lang="fr"))


# What the dictionary takes for a form of a verb.
_LEMMAS = {"données": "donnée", "donnée": "donnée", "data": "data", "rues": "rue", "cours": "cours"}
_STOP, _INNER = frozenset(_EMPTY.split()), frozenset(_BETWEEN.split())


def without_law(text: str) -> str:
    return _QUOTED_LAW.sub(" ", text)


def sentences(text: str) -> Iterator[tuple[str, list[Word]]]:
    """Pieces between marks of punctuation, as written, each with its words."""
    plain = unicodedata.normalize("NFC", text).replace("’", "'")
    for piece in _SENTENCES.split(_ADDRESSES.sub(" . ", plain)):
        words = [
            Word(lemma_of(small), small, found.start(), found.end())
            for found in _WORD.finditer(piece)
            for small in [found.group().lower()]
        ]
        if words:
            yield piece, words


def features(text: str) -> Counter[str]:
    """How often each lemma comes, and each two that follow each other (with de, la… between them at most)."""
    counted: Counter[str] = Counter()
    for _piece, words in sentences(text):
        before, between = "", 0
        for word in words:
            if word.lemma:
                counted[word.lemma] += 1
                if before and between <= 2:
                    counted[f"{before} {word.lemma}"] += 1
                before, between = word.lemma, 0
            elif word.small in _INNER:
                between += 1
            else:
                before = ""
    return counted


def phrases(text: str, *, longest: int = 3) -> Iterator[tuple[tuple[str, ...], str]]:
    """Runs of one to three words that say something, with what may stand between them: their lemmas, as written."""
    for piece, words in sentences(text):
        for first, word in enumerate(words):
            lemmas: list[str] = []
            for last in words[first : first + 6] if word.lemma else ():
                if last.lemma:
                    lemmas.append(last.lemma)
                    if len(lemmas) > longest:
                        break
                    yield tuple(lemmas), " ".join(piece[word.start : last.end].split())
                elif last.small not in _INNER:
                    break


def share_of_french(text: str) -> float:
    """Among its words of some length; 1 where it has none."""
    words = [word.small for _piece, words in sentences(text) for word in words if len(word.small) >= _SHORTEST]
    return sum(is_french(word) for word in words) / len(words) if words else 1.0
