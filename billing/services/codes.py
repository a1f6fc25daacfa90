"""What Chorus Pro routes an invoice by: SIRET, engagement number, service code, as they are typed."""

from django.utils.translation import gettext_lazy

from billing.documents.identifiers import check_engagement_number, check_service_code, check_siret
from billing.models import Account
from common.refusals import Refusal


class SiretRefused(Refusal):
    code = "siret_refused"
    status = 422
    message = gettext_lazy("This is no SIRET: it has fourteen digits, and the last one checks the others.")


class SiretOfAnother(Refusal):
    code = "siret_of_another"
    status = 422
    message = gettext_lazy("This SIRET is that of another authority: its first nine digits are not your SIREN.")


class EngagementMissing(Refusal):
    code = "engagement_missing"
    status = 422
    message = gettext_lazy("Chorus Pro asks for an engagement number for your authority: it stands on your order.")


class EngagementRefused(Refusal):
    code = "engagement_refused"
    status = 422
    message = gettext_lazy(
        "An engagement number has fifty signs at most: letters without accents, digits, and - _ / . + with a space "
        "between them."
    )


# Chorus Pro lists it for each buyer, and routes nothing by it.
EVERYBODY = "FACTURES_PUBLIQUES"


class ServiceCodeOfNobody(Refusal):
    code = "service_code_of_nobody"
    status = 422
    message = gettext_lazy(
        "FACTURES_PUBLIQUES is no service code of yours: leave the field empty, or ask your accountant for the code."
    )


class ServiceCodeRefused(Refusal):
    code = "service_code_refused"
    status = 422
    message = gettext_lazy(
        "A service code has a hundred signs at most: letters without accents, digits, and - _ / . + with a space "
        "between them."
    )


def checked_siret(account: Account, siret: str) -> str:
    """Without spaces. Raises SiretRefused, SiretOfAnother."""
    digits = "".join(siret.split())
    codes = {problem.code for problem in check_siret(digits, siren=account.siren)}
    if "SIRET" in codes:
        raise SiretRefused
    if codes:
        raise SiretOfAnother
    return digits


def checked_engagement(account: Account, number: str) -> str:
    """As the accountant reads it on the order. Raises EngagementMissing, EngagementRefused."""
    number = number.strip()
    if not number and account.needs_engagement:
        raise EngagementMissing
    if number and check_engagement_number(number):
        raise EngagementRefused
    return number


def checked_service_code(code: str) -> str:
    """Raises ServiceCodeRefused, ServiceCodeOfNobody."""
    code = code.strip()
    if code.upper() == EVERYBODY:
        raise ServiceCodeOfNobody
    if code and check_service_code(code):
        raise ServiceCodeRefused
    return code
