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
    boulangerie|boucherie|formules?|menus?|chiots?|chatons?|gelules?|taxi|votre or|guitare|piano|anglais|
    maths|cours|vitres|caves?|bougies|cosmetiques?|maquillage|therm?omix|yoga|coaching|sophrologie|comptable|
    notaire|avocat|traiteur|food ?truck|location|gites?|chambres? d'hotes|camping-?car|casinos?|bitcoins?|
    crypto(?:monnaies?|s)?|forex|trading|seo|referencement|marabouts?|voyance|voyante?s?|medium|
    prets? (?:d'argent|rapides?|personnels?)|credits?|cpf|dropshipping|puffs?|paris sportifs?|iptv|abonnes|
    followers|likes|montres?|replicas?|sacs? de luxe|minceur|regime|kilos|complements? alimentaires?|
    formations?|coach|investissements?|placements?|panneaux solaires|photovoltaiques?|pompes? a chaleur|
    isolation|fenetres|volets|veranda|plomb(?:ier|erie)|serrurier|electricien|couvreur|couverture|toitures?|
    demenagement|debarras|nettoyage|vitrier|peintre|peinture|elagage|jardinage|paysagiste|assurances?|
    mutuelle|immobilier|agence|restaurant|pizzas?|pizzeria|salon|coiffure|ongles|massages?|boutique|magasin|
    forfait|smartphones?|iphones?|permis de conduire|diplomes?|faux papiers|cannabis|cbd|weed|cocaine|beuh|
    shit|argent|revenus?|bijoux|pieces? d'or|tarot|loterie|jackpot|gains|amour|vetements?|chaussures?|
    meubles?|voitures? d'occasion|monte-escaliers?|piscines?|prets?|cours particuliers|logiciel|application|
    site internet|sites? web|terrains? a vendre|appartements?
    """
)
# Said by whoever sells.
_OFFERS = any_of(
    r"""
    premiere? (?:rendez-vous|seance|cours) (?:offerte?|gratuite?)|
    votre (?:expert|plombier|artisan|garage|coach|serrurier|electricien)|
    besoin d'(?:un )?(?:argent|credit|pret)|sans (?:banque|frais de dossier)|appel gratuit|
    contactez (?:notre|nos)|[0-9]+ ?% par an|vous propose (?:sa|son|ses|nos|notre)|vente de|travail soigne|
    vendez votre|expertise gratuite|ventes? flash|(?:livree?s?|livraison) (?:chez vous|a domicile)|
    livre gratuitement|equipez-vous|pose (?:offerte|gratuite)|paiement en [0-9]+ fois|tous niveaux|
    sur (?:ma|notre) page|(?:ma|notre) boutique|mon (?:site|cabinet|compte|salon)|
    nous (?:intervenons|realisons|livrons)|tarifs? sur demande|carte de fidelite|cadeaux? offerts?|
    remise de [0-9]+|suivez (?:mon|notre|nous)|petits? prix|
    (?:je|j') ?(?:vous aide|propose (?:mes|des) (?:services|cours))|venez decouvrir (?:nos?|notre|mon|ma)|
    profitez(?:[- ]en)?|commandez|achetez|gagnez|cliquez|investissez|doublez|economisez|
    visitez (?:mon|notre) (?:site|boutique|page)|decouvrez (?:nos?|notre|mon|ma|mes|l'offre|vite)|
    rejoignez (?:mon|ma|notre) (?:equipe|groupe|chaine)|n'attendez plus|
    n'hesitez (?:pas|plus) a (?:me|nous) contacter|
    offres? (?:speciales?|limitees?|exceptionnelles?|valables?|de lancement|uniques?|exclusives?|imbattables?|flash)|
    devis gratuits?|essai gratuit|livraison (?:gratuite|offerte|rapide)|sans engagement|sans justificatifs?|
    prix (?:casses?|imbattables?|attractifs?|discount)|meilleurs? prix|tarifs? (?:imbattables?|attractifs?)|
    [0-9]{1,2} ?% (?:de (?:remise|reduction)|sur (?:tout|toutes?|tous|nos|votre|la premiere)|de rabais|offerts?)|
    code promo|avec le code|en seulement [0-9]+|resultats? (?:garantis?|immediats?|rapides?|en)|
    100 ?% (?:garanti|gratuit|legal|efficace|naturel)|intervention rapide|depannage|nos services|mes services|
    notre (?:entreprise|societe|agence|boutique|equipe d'experts|gamme|catalogue|methode)|mon entreprise|
    (?:je|nous) (?:vends|vendons|propose mes|vous propose mes|vous proposons)|a vendre|stock limite|
    places limitees|reservez (?:vite|des maintenant|votre)|inscrivez-vous (?:vite|des maintenant)|
    abonnez-vous|suivez[- ]moi|likez|sans effort|sans bouger|depuis chez (?:vous|soi)|bonus|
    remboursement garanti|resou[dt]s? tous|travail serieux|offerte?s? aux [0-9]+ premiers|lien en bio|
    vous cherchez un|taux imbattable|reponse immediate|sans frais de dossier|
    promo(?:tion)?s? exceptionnelles?|appelez vite|discretion assuree|
    devenez (?:rentier|independant|proprietaire|vendeur)|places? limitees?|stocks? limites?|travaux soignes
    """
)
_HINTS = any_of(
    r"""
    a domicile|gratuitement|offerte?s?|tarifs?|mois|sur rendez-vous|ouvert|contactez(?:[- ](?:moi|nous))?|
    appelez(?:[- ](?:moi|nous))?|ecrivez[- ](?:moi|nous)|telephonez|whats ?app|telegram|en prive|en mp|
    pas chers?|moins chers?|[0-9]+ ?(?:€|euros?)|-? ?[0-9]{2} ?%|7 ?j ?/ ?7|7 jours sur 7|24 ?h ?/ ?24|
    en (?:24|48) ?h|garantis?|promo(?:tion)?s?|soldes|discret|discretion|pres de chez (?:vous|toi)|
    ans d'experience|ouverture|nouveau|par (?:jour|mois|semaine)|deplacement
    """
)
# Nobody else says it.
_NEVER_A_SUBJECT = any_of(
    r"""
    (?<!je )vends|paiement apres resultats?|abonnements? iptv|perdez du poids|
    je suis (?:voyante?|medium|marabout)|retrouver l'etre aime|retour affectif|
    retour (?:immediat |rapide |definitif )?(?:de l'etre aime|d'affection)|desenvoutement|
    pret entre particuliers?|rachat de credits?|viagra|cialis|
    rencontres? (?:coquines?|libertines?|sans lendemain)|plan cul|escort girls?|
    gagne[rz] (?:jusqu'a |plus de )?[0-9][0-9 ]*(?:€|euros?)|
    gagne[rz] de l'argent (?:facilement|depuis|en|sans)|gagnez de l'argent|devenez riche|devenir riche|
    satisfait ou rembourse|tours gratuits|argent facile|achetez (?:vos |des )?(?:abonnes|followers|likes)|
    credits? (?:\w+ ){0,3}sans justificatifs?|grand voyant|grand marabout|abonnez-vous a (?:ma|notre|mon) \w+|
    (?:medium|marabout|voyante?) (?:medium|voyante?|africain|serieu\w+|international)|backlinks?|
    casino en ligne|1xbet|perdez [0-9]+ ?(?:kg|kilos)|doublez (?:votre|vos) \w+|
    avec le code (?:promo )?[a-z]+[0-9]+|partagez et gagnez
    """
)
_LONG = 900
# In a longer text as much is said by chance.
_SHORT = 500
_ENOUGH, _ENOUGH_IN_MORE = 4, 7


def advertising_in(reading: Reading, *, reachable: bool) -> Iterator[Finding]:
    """`reachable`: the text has a phone number, an address or a link by which to answer."""
    plain = reading.plain[:_LONG]  # who sells is short, or has begun by then
    sure, offers = _places(_NEVER_A_SUBJECT, plain), _places(_OFFERS, plain)
    if not sure and not offers:
        return
    goods, hints = _places(_GOODS, plain), _places(_HINTS, plain)
    enough = _ENOUGH if len(reading.plain) <= _SHORT else _ENOUGH_IN_MORE
    weight = 3 * len(sure) + 2 * len(offers) + min(len(goods), 2) + min(len(hints), 2) + reachable
    if weight >= enough and len(sure) + len(offers) + len(hints) + reachable > 1 and (sure or goods or len(offers) > 1):
        found = [*sure.values(), *offers.values(), *goods.values(), *hints.values()]
        start, end = min(start for start, _end in found), max(end for _start, end in found)
        yield Finding(FlagKind.ADVERTISING, start, end, _("Reads like an advertisement"))


def _places(pattern: re.Pattern[str], plain: str) -> dict[str, tuple[int, int]]:
    """What is said, once each."""
    return {match.group(): match.span() for match in pattern.finditer(plain)}
