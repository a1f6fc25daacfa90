"""Advertising: an offer made to whoever reads, not a subject of the consultation."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from consultations.screening.enums import FlagKind
from consultations.screening.flags import Finding
from consultations.screening.reading import Reading
from consultations.screening.vocabulary import any_of

# What is offered. A consultation speaks of some of it too: alone it says nothing.
_GOODS = any_of(
    r"""
    casinos?|viagra|cialis|bitcoins?|crypto(?:monnaies?|s)?|forex|trading|backlinks?|seo|referencement|
    marabouts?|voyance|voyante?s?|medium|pret(?:s)? (?:entre particuliers?|d'argent|rapide|personnel)|
    credit(?:s)? (?:rapide|sans justificatif|facile|immediat)|rachat de credits?|
    rencontres? (?:coquines?|sans lendemain|serieuses?|libertines?)|plan cul|escorts?|massages?|code promo|cpf|
    dropshipping|puffs?|paris sportifs?|iptv|abonnes|followers|likes|montres? de luxe|replicas?|sacs? de luxe|
    minceur|perdre du poids|perdez|regime|brule-graisses?|complements? alimentaires?|formations?|coaching|coach|
    investissements?|placements?|panneaux solaires|photovoltaiques?|pompes? a chaleur|isolation|fenetres|
    veranda|plomb(?:ier|erie)|serrurier|electricien|couvreur|toiture|demenagement|debarras|nettoyage|vitrier|
    peintre|peinture|elagage|paysagiste|assurances?|mutuelle|immobilier|agence|restaurant|pizzeria|salon|
    coiffure|boutique|magasin|e-shop|box internet|forfait|smartphones?|iphones?|permis de conduire|diplomes?|
    faux papiers|papiers d'identite|cannabis|cbd|weed|cocaine|beuh|shit|argent|revenus?|complement de revenus?|
    bijoux|pieces? d'or|retour de l'etre aime|retour d'affection|desenvoutement|tarot|loterie|jackpot|gains
    """
)
# What makes it an offer.
_CALLS = any_of(
    r"""
    contactez(?:[- ]moi|[- ]nous)?|appelez(?:[- ]moi|[- ]nous)?|ecrivez[- ]moi|cliquez|profitez(?:[- ]en)?|
    commandez|achetez|gagnez|telephonez|visitez (?:mon|notre|le) (?:site|boutique|page)|
    decouvrez (?:nos?|notre|mon|ma|mes|l'offre|vite)|rejoignez (?:mon|ma|notre) (?:equipe|groupe|chaine)|
    devenez riche|n'attendez plus|n'hesitez (?:pas|plus) a (?:me|nous) contacter|
    offre (?:speciale|limitee|exceptionnelle|valable|de lancement|unique|exclusive)|
    offres? (?:imbattables?|flash)|devis gratuit|essai gratuit|livraison (?:gratuite|offerte|rapide)|
    satisfait ou rembourse|sans engagement|sans justificatifs?|
    prix (?:casses?|imbattables?|attractifs?|discount)|meilleurs? prix|pas cher|moins cher|
    a partir de [0-9]+ ?(?:€|euros?)|(?:seulement|uniquement) [0-9]+ ?(?:€|euros?)|
    [0-9]+ ?(?:€|euros?) (?:seulement|par (?:jour|mois|semaine) (?:depuis|sans|facile|garantis?))|
    [0-9]{3,6} ?(?:€|euros?) (?:par|en) (?:jour|mois|semaine|[0-9]+)|
    -? ?[0-9]{2} ?% (?:de (?:remise|reduction)|sur (?:tout|toute|nos)|avec le code|sur votre)|avec le code|
    code [a-z]+[0-9]{2}|en seulement [0-9]+|resultats? (?:garantis?|immediats?|rapides?|en)|garantis?|
    100 ?% (?:garanti|gratuit|legal|efficace|naturel)|7 ?j ?/ ?7|7 jours sur 7|24 ?h ?/ ?24|intervention rapide|
    depannage|nos services|mes services|notre (?:entreprise|societe|agence|boutique|equipe d'experts|gamme)|
    mon entreprise|je (?:vends|propose mes|vous propose mes)|a vendre|vends|en vente|stock limite|
    places limitees|reservez (?:vite|des maintenant|votre)|inscrivez-vous (?:vite|des maintenant)|abonnez-vous|
    suivez[- ]moi|likez|partagez et gagnez|sans effort|sans bouger|depuis chez (?:vous|soi)|a domicile|
    argent facile|devenir riche|en ligne|bonus|tours gratuits|whats ?app|telegram|en prive|en mp|
    tarifs? (?:imbattables?|attractifs?|reduits?)|promo(?:tion)?s?|soldes|remboursement garanti|discret|
    discretion
    """
)
# Nobody but a seller says these.
_NEVER_A_SUBJECT = any_of(
    r"""
    retour (?:de l'etre aime|d'affection)|pret entre particuliers?|rachat de credits?|viagra|cialis|
    rencontres? coquines?|plan cul|gagnez (?:jusqu'a |plus de )?[0-9 ]+ ?(?:€|euros?)|gagnez de l'argent|
    gagner de l'argent (?:facilement|depuis|en)|devenez riche|satisfait ou rembourse|tours gratuits|
    achetez (?:vos|des) (?:abonnes|followers|likes)|credit sans justificatifs?|sans justificatifs? de|
    grand (?:medium|marabout)|voyant(?:e)? (?:medium|serieu\w+)|offre (?:limitee|exceptionnelle|de lancement)|
    devis gratuit|livraison (?:gratuite|offerte)|argent facile|backlinks?|meilleur casino|casino en ligne|1xbet|
    perdez [0-9]+ ?(?:kg|kilos)|avec le code (?:promo )?[a-z]+[0-9]+
    """
)
_LONG = 900


def advertising_in(reading: Reading, *, reachable: bool) -> Iterator[Finding]:
    """`reachable`: the text has a phone number, an address or a link by which to answer."""
    plain = reading.plain
    if len(plain) > _LONG:  # who sells is short, or is the same again in the beginning
        plain = plain[:_LONG]
    calls, goods = _different(_CALLS, plain), _different(_GOODS, plain)
    sure = _different(_NEVER_A_SUBJECT, plain)
    weight = 2 * len(sure) + len(calls) + min(len(goods), 2) + reachable
    if weight >= 4 and (sure or (calls and goods and len(calls) + reachable > 1)):
        first, last = _first_and_last(plain)
        yield Finding(FlagKind.ADVERTISING, first, last, _("Reads like an advertisement"))


def _different(pattern: re.Pattern[str], plain: str) -> set[str]:
    return {match.group() for match in pattern.finditer(plain)}


def _first_and_last(plain: str) -> tuple[int, int]:
    found = [match.span() for pattern in (_NEVER_A_SUBJECT, _CALLS, _GOODS) for match in pattern.finditer(plain)]
    return min(start for start, _end in found), max(end for _start, end in found)
