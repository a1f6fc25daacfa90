"""Whether a word that may be an insult is one: whom the words around it are about."""

from consultations.screening.detectors.words import Word
from consultations.screening.lexicon import Level
from consultations.screening.vocabulary import word_set

_ARTICLES = word_set("un une des les le la l")
# Between a verb and what it says somebody is.
_FILLERS = word_set(
    """
    vrai vraie vrais vraies beau belle beaux belles sacre sacree sacres parfait parfaite parfaits total
    totale grand grande grands plus tres trop si vraiment tellement completement totalement franchement tous
    toutes tout toute que qu bien juste seulement decidement encore aussi toujours rien d petit petite petits
    petites simple simples gros grosse grosses sale sales pauvre pauvres vieux vieille sombre sombres fieffe
    fieffes bon bons bande espece especes ramassis tas de vulgaire vulgaires immonde immondes mon ma autre
    """
)
# Before a word they say how it is meant; the first few before any noun.
_DESPISING = word_set("sal sale sales sombre sombres fieffe fieffes fieffee espece")
_SPITEFUL = _DESPISING | word_set("pauvre pauvres gros grosse grosses vieux vieille sacre sacree")
_HEAPS = word_set(
    """
    bougre bougres ribambelle espece especes bande bandes tas ramassis clique troupeau brochette repaire
    horde meute race paire
    """
)
_BEFORE_A_HEAP = word_set("une la les des deux trois en par petite grande autre cette l d de du nouvelle")
_POINTING = word_set("ce cet cette ces quel quelle quels quelles")
_BEING = word_set("es est etes sont etait etaient etiez sera seront serez reste restez restent")
_SPOKEN_TO = word_set("tu te t toi ta ton tes vous votre vos")
_YOU = word_set("tu vous t toi")
_THAT = word_set("ce c il elle ils elles on")
_BEFORE_VERB = word_set("ne n tous toutes vraiment")
PERSONS = word_set(
    """
    maire mairesse maires adjoint adjointe adjoints adjointes elu elue elus elues conseiller conseillere
    conseillers prefet prefete president presidente ministre ministres depute deputee deputes senateur
    senateurs politicien politiciens politicienne politiques voisin voisine voisins voisines agent agents
    agente fonctionnaire fonctionnaires promoteur promoteurs policier policiers flic flics gendarme gendarmes
    cycliste cyclistes automobiliste automobilistes chasseur chasseurs ecolo ecolos journaliste journalistes
    prof profs enseignant enseignants directeur directrice chef cheffe type types mec mecs gars bonhomme
    monsieur madame gens jeunes immigre immigres migrant migrants etranger etrangers arabe arabes juif juifs
    musulman musulmans noirs gitans roms dirigeants gouvernants responsables bourgmestre edile ediles
    opposant opposants commercant commercants chauffeur chauffeurs proprietaire proprietaires locataire
    locataires bailleur parent parents habitants hommes femmes homos pedes vieux riches boomer boomers
    parisien parisiens touriste touristes commentateur auteur macron gaulliste socialistes cure pretre imam
    docteur medecin juge avocat patron patronne gardien gardienne concierge syndic animateur educateur
    facteur pompiers livreur livreurs boulanger epicier agriculteur agriculteurs eleveur eleveurs
    syndicaliste syndicalistes militant militants entrepreneur architecte architectes urbaniste ingenieur
    ingenieurs secretaire collegue collegues cousin frere assistes chomeurs actionnaires banquiers
    bureaucrates technocrates
    """
)
# `qu’on ne dise pas que …`
_DENIED = word_set("dise disent dites pretendre croire")
_STOPPING = word_set("arretez arretons arreter cessez cessons cesser")
_RULED = ("gouvern", "dirig", "represent", "administr", "gere")
_AT = word_set("en dans au aux pour")
# They may stand before what they judge, which is then no person.
_ADJECTIVES = word_set(
    "nul nulle minable stupide debile immonde pourri pourrie degueulasse abject abjecte idiot idiote"
)
_AFTER_A_NOUN = word_set("de d du des qui que qu et n ne a ont est sont au aux en nous m me se s te t y va")
# Hardly ever anything but an insult after an article.
_CRUDE = word_set("con cons")
# Whom hateful words are about.
_GROUPS = word_set(
    """
    arabe juif juive noir noire rom gitan gitane migrant migrante immigre etranger etrangere musulman
    musulmane chinois turc turque africain africaine maghrebin algerien marocain tunisien roumain manouche
    portugais polonais francais blanc blanche pede homo gay lesbienne gouine trans handicape feministe
    islamiste catho chretien asiatique syrien afghan refugie refugiee flic pauvre clandestin rebeu beur renoi
    """
)
SCORNED = frozenset(f"{group}{ending}" for group in _GROUPS for ending in ("", "s"))
_ANYBODY = PERSONS | SCORNED
_LIMIT = 9


def is_aimed(words: list[Word], index: int, level: Level) -> bool:
    if _is_lacking(words, index) or _is_denied(_previous(words, index)):
        return False
    return (
        _called_out(words, index)
        or (level is Level.AIMED and _addressed(words, index))
        or _looks_back(words, index, level)
        or _looks_ahead(words, index, level)
    )


def _is_denied(before: list[str]) -> bool:
    return bool(_DENIED.intersection(before) or ("dire" in before and _STOPPING.intersection(before)))


def _is_lacking(words: list[Word], index: int) -> bool:
    """`nuls en calcul`: a judgement of what somebody can do."""
    after = _next(words, index)
    return words[index].form.startswith("nul") and bool(after) and after[0] in _AT


def _addressed(words: list[Word], index: int) -> bool:
    """`Tu n’as rien compris, débile`, `Débile, apprends à lire ton plan`."""
    last = words[index].after_comma and _ends(words, index)
    first = words[index].after_stop and not _ends(words, index) and words[index + 1].after_comma
    nearby = _previous(words, index) if last else [word.form for word in words[index + 1 : index + _LIMIT]]
    return (last or first) and bool(_SPOKEN_TO.intersection(nearby))


# ── What stands before ───────────────────────────────────────────────────────


def _looks_back(words: list[Word], index: int, level: Level) -> bool:
    """`espèce d'idiot`, `ce clown`, `vous n'êtes vraiment que des voleurs`, `les élus sont des pourris`."""
    before = _previous(words, index)
    if not before:
        return False
    first = before[0]
    if words[index].form in _CRUDE and first in _ARTICLES - {"l"}:
        return True
    if first in _DESPISING:
        return True
    if level is Level.AIMED and _qualifies(first, words, index):
        return True
    if first in ("de", "d") and len(before) > 1 and before[1] in _HEAPS:
        calls = words[index - 2].after_stop or words[index - 2].after_comma
        return level is Level.AIMED or _heap_of_people(before[1], [] if calls else before[2:])
    if first in _POINTING and _is_exclaimed(words, index):
        return True
    if before[:2] == ["des", "par"] and before[2:] and before[2].startswith(_RULED):
        return True
    return _said_of_somebody(before, level)


def _qualifies(first: str, words: list[Word], index: int) -> bool:
    """`ce`, `gros`, `maire` … before an insult; not `ces nuls résultats`, `cette stupide décision`."""
    if first in _SPITEFUL or first in PERSONS:
        return True
    after = _next(words, index)
    is_noun = words[index].form.removesuffix("s") not in _ADJECTIVES or not after or after[0] in _AFTER_A_NOUN
    return first in _POINTING and (is_noun or words[index + 1].after_comma)


def _is_exclaimed(words: list[Word], index: int) -> bool:
    """`le maire, cet escroc, …`, `Quelle ordure ce type`."""
    ends = _ends(words, index)
    if words[index - 1].form.startswith("quel"):
        return ends or words[index + 1].form in _POINTING
    return words[index - 1].after_comma and (ends or words[index + 1].after_comma)


def _previous(words: list[Word], index: int) -> list[str]:
    """The words before, of the same sentence, the nearest first."""
    found: list[str] = []
    while index > 0 and len(found) < _LIMIT and not words[index].after_stop:
        index -= 1
        found.append(words[index].form)
    return found


def _heap_of_people(heap: str, before: list[str]) -> bool:
    """`Bande de rats` calls people so; `une bande de rats` may be rats, and `un tas d’ordures` is what it says."""
    if heap != "tas" and (not before or before[0] in _POINTING or before[0] not in _BEFORE_A_HEAP):
        return True
    spoken_to = [word for word in before if word not in _ARTICLES and word not in _FILLERS]
    return spoken_to[:1] == ["etes"] or before[:1] in (["sont"], ["tous"])


def _said_of_somebody(before: list[str], level: Level) -> bool:
    article = all_of_them = False
    place = 0
    while place < len(before) and (before[place] in _FILLERS or before[place] in _ARTICLES):
        article |= before[place] in _ARTICLES or before[place] in ("de", "d")
        all_of_them |= before[place] == "tous"
        place += 1
    if all_of_them and before[0] == "des":
        return True
    if place == len(before) or before[place] not in _BEING:
        return False
    if level is Level.IMAGE and not article:
        return False
    return _is_about_somebody(before[place], before[place + 1 :], level, article)


def _is_about_somebody(verb: str, before: list[str], level: Level, article: bool) -> bool:
    subject = [word for word in before if word not in _BEFORE_VERB]
    if not subject:
        return False
    if subject[0] in _YOU or verb == "etes":
        return True
    if subject[0] in _THAT:
        named = bool(_ANYBODY.intersection(subject[1:5]))
        return named or (article and level is Level.AIMED)
    return bool(_ANYBODY.intersection(subject[:5]))


# ── What stands after ────────────────────────────────────────────────────────


def _looks_ahead(words: list[Word], index: int, level: Level) -> bool:
    """`idiot de maire`, `voleurs que vous êtes`, `ces clowns qui nous gouvernent`."""
    after = _next(words, index)
    before = _previous(words, index)[:1]
    if len(after) > 1 and after[0] in ("de", "d") and after[1] in PERSONS:
        # Not the waste of shopkeepers, nor the sheep of breeders.
        return level is not Level.IMAGE or not after[1].endswith("s") or _POINTING.issuperset(before or [""])
    if after[:1] == ["qui"] and level is Level.AIMED and before in (["le"], ["la"]):
        return True
    if len(after) > 1 and after[0] == "comme" and after[1] in ("vous", "toi"):
        return True
    if len(after) > 2 and after[0] in ("que", "qu") and (after[1], after[2]) in (("vous", "etes"), ("tu", "es")):
        return True
    return len(after) > 2 and after[:2] == ["qui", "nous"] and after[2].startswith(("gouvern", "dirig"))


def _next(words: list[Word], index: int) -> list[str]:
    found: list[str] = []
    for word in words[index + 1 : index + 4]:
        if word.after_stop:
            break
        found.append(word.form)
    return found


def _called_out(words: list[Word], index: int) -> bool:
    """`Menteurs !`, `Bouffon, va`: a sentence of its own."""
    if not words[index].after_stop:
        return False
    if _ends(words, index):
        return words[index].exclaimed or len(words) == 1
    return words[index + 1].form == "va" and _ends(words, index + 1)


def _ends(words: list[Word], index: int) -> bool:
    return index + 1 == len(words) or words[index + 1].after_stop
