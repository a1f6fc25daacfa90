"""What is known of mail domains: those where anyone can open a mailbox, and those that somebody bought."""

# Mailboxes that anyone can open: the large webmails, and those that come with a French internet access. Many small
# town halls do use the latter, so this says nothing of a person but that their address proves nothing.
_WEBMAILS_WORDS = """
    gmail.com googlemail.com hotmail.com hotmail.fr outlook.com outlook.fr live.com live.fr msn.com windowslive.com
    yahoo.com yahoo.fr yahoo.co.uk ymail.com rocketmail.com icloud.com me.com mac.com aol.com aol.fr gmx.com gmx.fr
    gmx.net mail.com mail.ru yandex.com yandex.ru zoho.com fastmail.com proton.me protonmail.com protonmail.ch pm.me
    tutanota.com tuta.com tuta.io mailo.com mailo.fr netcourrier.com caramail.com caramail.fr laposte.net
    orange.fr wanadoo.fr voila.fr free.fr aliceadsl.fr libertysurf.fr sfr.fr neuf.fr cegetel.net club-internet.fr
    9online.fr 9business.fr bbox.fr bouyguestelecom.fr numericable.fr numericable.com noos.fr nordnet.fr nordnet.com
    tele2.fr online.fr infonie.fr ovh.fr dartybox.com akeonet.com izi-media.fr mediaserv.net canalbox.com only.fr
    orange.re izi.re zeop.re wanadoo.re lagoon.nc mls.nc mail.pf posteo.net posteo.de riseup.net disroot.org
    framasoft.org ik.me infomaniak.ch bluewin.ch
    """
WEBMAILS = frozenset(_WEBMAILS_WORDS.split())
# Second levels under which others register: mairie.asso.fr is an association.
_SHARED_LEVELS_WORDS = (
    "asso.fr com.fr gouv.fr nom.fr prd.fr presse.fr tm.fr avocat.fr notaires.fr com.re asso.re nom.re"
)
SHARED_LEVELS = frozenset(_SHARED_LEVELS_WORDS.split())
# The same abroad: whoever buys under co.uk buys "name.co.uk" (https://publicsuffix.org/list/).
_SHARED_LABELS = frozenset(["ac", "asso", "co", "com", "edu", "gouv", "gov", "net", "nom", "or", "org"])


def is_webmail(domain: str) -> bool:
    """Whether anyone can have an address there."""
    return domain in WEBMAILS or ".".join(domain.split(".")[-2:]) in WEBMAILS


def domain_of(email: str) -> str:
    """The whole domain of an address, in lower case and in ASCII: what may be noted of it without naming anyone."""
    domain = email.rpartition("@")[2].strip().lower().rstrip(".")
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def bought_domain(email: str) -> str:
    """What somebody had to buy for an address: the same for all mailboxes and all subdomains of one owner."""
    labels = domain_of(email).split(".")
    shared = ".".join(labels[-2:]) in SHARED_LEVELS or (
        len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED_LABELS
    )
    return ".".join(labels[-3:] if shared else labels[-2:])
