"""Several consultations on a city's site: each is reachable and complete, and what is being prepared is nowhere."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.tasks import send_mail
from common.outbox import messages_of
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Challenge, Consultation, Phase
from consultations.framing.services.closing import archive_consultation, close_consultation
from consultations.framing.services.consultations import update_consultation
from consultations.framing.services.documents import add_document
from consultations.framing.services.forward import put_forward
from consultations.framing.services.opening import open_consultation
from consultations.participation.importing import import_consultation
from consultations.participation.models import Follow, Proposal
from consultations.participation.services.reactions import react
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.framing.factories import SAID, make_ready
from tests.framing.test_several import archived, closed, fresh, opened, prepared, the_first
from tests.participation.factories import ArgumentFactory, DraftFactory, ProposalFactory
from tests.participation.test_import import lines
from tests.support.addresses import CITY, addresses, one_of_everything, path_of

pytestmark = pytest.mark.usefixtures("in_saran")

# Nobody writes that by chance.
SECRET = "Zorglub"


def secret_consultation(city: Municipality) -> Consultation:
    """One that is being prepared in an open city; whatever it says says so."""
    new = prepared(city, f"Le {SECRET}")
    words = {"question": f"Que faire du {SECRET} ?", "introduction": f"Le {SECRET} arrive.", "contact_email": ""}
    now = timezone.now()
    make_ready(new, **{**SAID, **words, "decision_maker": f"{SECRET} Martin, maire"})
    for challenge in new.challenges.order_by("pk"):
        for name in ("label", "question", "summary", "why"):
            setattr(challenge, name, f"Comment vivre avec le {SECRET} ?"[:40])
        challenge.save()
    add_document(consultation=new, actor=None, title=f"Le {SECRET}", url="", text=f"Le {SECRET}.", at=now)
    return fresh(new)


def everywhere(new: Consultation) -> list[str]:
    """Every address of the city but the desk's, as it is for the things of this consultation."""
    challenge = new.challenges.order_by("position", "pk")[0]
    team = UserFactory(role=Role.ADMINISTRATOR)
    draft = DraftFactory(author=team, challenge=challenge)
    things = one_of_everything() | {"draft": draft}
    found = []
    for address in addresses(settings.ROOT_URLCONF):
        if address.route.startswith("gestion/"):
            continue
        path = path_of(address, things)
        found += [path, path.replace("/ecologie/", f"/{challenge.slug}/"), _of(new, path)]
    searched = [
        "/propositions/?q=vivre",
        f"/propositions/?defi={challenge.slug}",
        f"/propositions/?defi={challenge.pk}",
    ]
    return sorted({*found, *searched})


def _of(new: Consultation, path: str) -> str:
    return path.replace("/consultations/territoires-resilients/", f"/consultations/{new.slug}/")


@pytest.mark.parametrize("who", ["visitor", Role.PARTICIPANT])
def test_what_is_being_prepared_is_on_no_page_of_those_who_are_not_of_the_team(
    visit: Callable[..., Client], in_saran: Municipality, who: str
) -> None:
    new = secret_consultation(in_saran)
    client = visit(in_saran, None if who == "visitor" else UserFactory(role=who), stays=True)
    seen = 0
    for path in everywhere(new):
        answer = client.get(path, follow=True)
        if answer.streaming:
            content = b"".join(answer.streaming_content).decode(errors="replace")
        else:
            content = answer.content.decode(errors="replace")
        assert SECRET not in content, path
        seen += answer.status_code == 200
    assert seen > 30
    challenge = new.challenges.order_by("position", "pk")[0]
    for path in (
        f"/consultations/{new.slug}/",
        f"/consultations/{new.slug}/propositions/",
        f"/consultations/{new.slug}/code-qr.svg",
        challenge.get_absolute_url(),
        f"{challenge.get_absolute_url()}code-qr.svg",
        f"{challenge.get_absolute_url()}proposer/",
    ):
        assert client.get(path).status_code == 404, path
    assert client.post(f"{challenge.get_absolute_url()}suivre/").status_code == 404
    assert client.post(f"{challenge.get_absolute_url()}proposer/", {"solution": "x" * 60}).status_code == 404
    assert not Follow.objects.exists()


def test_nobody_is_told_of_what_is_being_prepared(in_saran: Municipality) -> None:
    new = secret_consultation(in_saran)
    follower = UserFactory(role=Role.PARTICIPANT)
    Follow.objects.create(user=follower, challenge=the_first().challenges.all()[0])
    dates = {"opens_at": timezone.now(), "closes_at": timezone.now() + timedelta(days=40)}
    update_consultation(consultation=new, actor=None, dates=dates, at=timezone.now(), shorter=True)
    assert not messages_of(send_mail)


def test_the_team_reads_it_as_residents_will(visit: Callable[..., Client], in_saran: Municipality) -> None:
    new = secret_consultation(in_saran)
    desk = visit(in_saran, UserFactory(role=Role.OBSERVER), stays=True)
    challenge = new.challenges.order_by("position", "pk")[0]
    for path in (
        f"/consultations/{new.slug}/",
        f"/consultations/{new.slug}/propositions/",
        challenge.get_absolute_url(),
    ):
        page = desk.get(path)
        assert SECRET in page.text
        assert "Cette consultation est en préparation." in page.text
        assert page.headers["Cache-Control"] == "private, no-store" or "X-Cache" not in page.headers
    # Read by the team, it is not kept for others.
    assert visit(in_saran, stays=True).get(f"/consultations/{new.slug}/").status_code == 404


def test_the_home_leads_to_every_other_one_and_says_where_it_is(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    one, two, three = opened(in_saran, "Nos rues"), closed(in_saran, "Le parc"), archived(in_saran, "Le bourg")
    prepared(in_saran, "Plus tard")
    page = visit(in_saran, stays=True).get("/").text
    for each, words in ((one, "Consultation ouverte jusqu’au"), (two, ">Close"), (three, "une consultation de")):
        assert f'href="/consultations/{each.slug}/"' in page
        assert words in page
    assert "Plus tard" not in page
    assert "à relever ensemble" in visit(in_saran, stays=True).get(f"/consultations/{one.slug}/").text
    for each in (two, three):
        assert "à relever ensemble" not in visit(in_saran, stays=True).get(f"/consultations/{each.slug}/").text
    for each in (one, two, three):
        assert (
            f'href="/consultations/{each.slug}/"'
            not in visit(in_saran, stays=True).get(f"/consultations/{each.slug}/").text
        )


def test_a_home_without_a_consultation_leads_to_those_that_were(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    first, now = the_first(), timezone.now()
    client = visit(in_saran, stays=True)
    assert client.get("/").status_code == 200
    close_consultation(consultation=first, actor=None, at=now)
    archive_consultation(consultation=first, actor=None, at=now, quiet_home=True)
    page = client.get("/").text
    assert "Aucune consultation n’est ouverte" in page
    assert f'href="/consultations/{first.slug}/"' in page
    there = client.get(f"/consultations/{first.slug}/").text
    assert "Cette consultation est archivée." in there
    assert "vous demande votre avis" not in there
    # What the law asks a site to say is said all the same.
    assert "<mark>" not in client.get("/charte/").text


def test_putting_another_one_forward_changes_the_home_at_once(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    first, new = the_first(), opened(in_saran)
    Consultation.objects.filter(pk=new.pk).update(question="Que deviennent nos rues ?")
    client = visit(in_saran, stays=True)
    assert ">Que deviennent nos rues ?</h1>" not in client.get("/").text
    assert ">Que deviennent nos rues ?</h1>" in client.get(f"/consultations/{new.slug}/").text
    put_forward(consultation=fresh(new), actor=None)
    assert "Que deviennent nos rues" in client.get("/").text
    assert client.get(f"/consultations/{new.slug}/").headers["Location"] == "/"
    assert first.question in client.get(f"/consultations/{first.slug}/").text


def test_each_page_names_the_consultation_that_it_belongs_to(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    new = opened(in_saran, "Nos rues et nos places")
    proposal = ProposalFactory(challenge=new.challenges.get(slug="ecologie-2"))
    argument = ArgumentFactory(proposal=proposal)
    client = visit(in_saran, stays=True)
    url = proposal.get_absolute_url()
    for path in (
        f"/consultations/{new.slug}/",
        f"/consultations/{new.slug}/propositions/",
        proposal.challenge.get_absolute_url(),
        url,
        f"{url}versions/",
        f"{url}arguments/pour/",
        f"{url}arguments/{argument.pk}/",
        f"{proposal.challenge.get_absolute_url()}proposer/",
    ):
        page = client.get(path).text
        assert '<span class="city__motto">Nos rues et nos places</span>' in page, path
        assert f'href="/consultations/{new.slug}/#defis"' in page, path
        assert f'href="/consultations/{new.slug}/propositions/"' in page, path
    assert the_first().title in client.get(ProposalFactory().get_absolute_url()).text


def test_lists_and_counts_are_each_consultations_own(visit: Callable[..., Client], in_saran: Municipality) -> None:
    new = opened(in_saran)
    here = ProposalFactory(title="Une fontaine ici")
    there = ProposalFactory(title="Un arbre là-bas", challenge=new.challenges.get(slug="ecologie-2"))
    client = visit(in_saran, stays=True)
    first, second = client.get("/propositions/").text, client.get(f"/consultations/{new.slug}/propositions/").text
    assert here.title in first
    assert there.title not in first
    assert there.title in second
    assert here.title not in second
    assert "Un arbre là-bas" not in client.get("/propositions/?q=arbre").text.partition("<main")[2].replace(
        "q=arbre", ""
    )


def test_what_one_may_do_follows_the_consultation_of_a_proposal(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    new = opened(in_saran)
    someone = UserFactory(role=Role.PARTICIPANT)
    here, there = ProposalFactory(), ProposalFactory(challenge=new.challenges.get(slug="ecologie-2"))
    for proposal in (here, there):
        react(proposal=proposal, user=someone, value="LIKE", at=timezone.now())
    close_consultation(consultation=new, actor=None, at=timezone.now())
    page = visit(in_saran, someone, stays=True).get("/ma-participation/").text
    assert f"{here.get_absolute_url()}?argumenter" in page
    assert f"{there.get_absolute_url()}?argumenter" not in page


def test_an_imported_one_is_past_listed_and_counted(visit: Callable[..., Client], in_saran: Municipality) -> None:
    import_consultation(lines())
    imported = Consultation.objects.get(import_ref__isnull=False)
    client = visit(in_saran, stays=True)
    home = client.get("/").text
    assert f'href="/consultations/{imported.slug}/"' in home
    count = Proposal.objects.filter(challenge__consultation=imported, status="PUBLISHED").count()
    assert imported.proposal_count == count > 0
    assert f"<b>{count}</b> proposition" in home
    there = client.get(f"/consultations/{imported.slug}/").text
    assert Challenge.objects.filter(consultation=imported)[0].question in there
    assert client.get(f"/consultations/{imported.slug}/propositions/").status_code == 200


def test_the_home_costs_the_same_beside_two_and_ten(visit: Callable[..., Client], in_saran: Municipality) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert visit(in_saran, stays=True).get("/").status_code == 200
        return len(found)

    def another(number: int) -> None:
        at = timezone.now() - timedelta(days=number)
        Consultation.objects.create(slug=f"c{number}", title=f"C {number}", question="Quoi ?", opened_at=at)

    for number in range(2):
        another(number)
    before = queries()
    for number in range(2, 10):
        another(number)
    assert queries() == before


def test_the_table_of_addresses_is_walked_whole(in_saran: Municipality) -> None:
    """What is skipped above is the desk's alone."""
    desk = {each.name for each in addresses(settings.ROOT_URLCONF) if each.route.startswith("gestion/")}
    assert len(CITY) - len(desk) > 60
    with schema_context(in_saran.schema_name):
        assert not Consultation.objects.filter(opened_at=None).exists()
        assert open_consultation is not None


def test_in_one_that_is_over_a_challenge_says_so(visit: Callable[..., Client], in_saran: Municipality) -> None:
    over = closed(in_saran, "Le parc")
    Phase.objects.filter(consultation=over, kind__in=[PhaseKind.ANSWER, PhaseKind.FOLLOW]).update(
        opens_at=None, closes_at=None
    )
    challenge = over.challenges.order_by("position", "pk")[0]
    page = visit(in_saran, stays=True).get(challenge.get_absolute_url()).text
    assert "La consultation est terminée." in page
    assert "On ne peut pas écrire en ce moment." not in page
    assert "plus écrire ici" in page, "it was closed before its phases began, and has none to come"
    assert "On ne sait pas encore" not in page
