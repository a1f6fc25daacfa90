"""In which order somebody discovers proposals (selectors.Shuffle): the same for a person all day long, and for a
visitor as far as their address and browser tell them apart. Nothing is stored, no cookie is set.

The address of a further page names the order (?graine=…), so that whoever goes on, or comes home on another network,
misses none and meets none twice.
"""

from hashlib import blake2b

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from common.requests import Request
from common.variants import page_variant, varies
from common.visitors import client_address
from consultations.participation.selectors.lists import DEFAULT_SORT, SHUFFLES, SORTS, Shuffle

SEED = "graine"


@varies(r"/(?:defis/[^/]+|propositions|consultations/[^/]+/propositions)/", by=(SEED, "page"))
def form_of_list(request: HttpRequest) -> str:
    """The seed of a list that is shuffled, and the page. A list sorted otherwise is the same for everyone."""
    if not request.META.get("QUERY_STRING"):  # as nearly everyone, for whom this is asked at each serving
        return f"{_own(request).seed} 1"
    sort = request.GET.get("tri", "")
    if (sort in SORTS and sort != DEFAULT_SORT) or not _is_right(request):
        return ""
    page = request.GET.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 1
    return f"{(_named(request) or _own(request)).seed} {number}"


def shuffle_of(request: Request) -> tuple[Shuffle, int]:
    """The shuffle of the present page of a list, and its number."""
    seed, _space, number = page_variant(request).partition(" ")
    return Shuffle.of_seed(int(seed or 0), today=timezone.localdate()), int(number or 1)


def without_odd_seed(request: HttpRequest) -> HttpResponse | None:
    """Where the address names an order that does not exist: the way to the list without it. Such pages are not kept."""
    if _is_right(request):
        return None
    query = request.GET.copy()
    del query[SEED]
    return redirect(f"{request.path}?{query.urlencode()}".rstrip("?"))


def _is_right(request: HttpRequest) -> bool:
    return SEED not in request.GET or _named(request) is not None


def _named(request: HttpRequest) -> Shuffle | None:
    """The shuffle that the address names, in the only form that we write."""
    said = request.GET.getlist(SEED)
    if len(said) != 1 or not said[0].isascii() or not said[0].isdigit():
        return None
    seed = int(said[0][:3])
    if seed >= 2 * SHUFFLES or str(seed) != said[0]:
        return None
    return Shuffle.of_seed(seed, today=timezone.localdate())


def _own(request: HttpRequest) -> Shuffle:
    # Before sessions are woken (common.pagecache) there is no user: a visitor.
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        who = f"person {user.pk}"
    else:
        who = f"{client_address(request)} {request.META.get('HTTP_USER_AGENT', '')}"
    today = timezone.localdate()
    mixed = blake2b(f"{who} {today}".encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=4).digest()
    return Shuffle(int.from_bytes(mixed, "big") % SHUFFLES, today)
