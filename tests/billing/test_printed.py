"""What is typed and then printed: what the fonts lack is refused beside its field, and nothing typed is lost."""

from functools import partial
from typing import Any

import pytest

from billing.documents.signs import drawn, sign_not_drawn
from billing.forms import OrderForm
from billing.models import Account
from billing.ops.forms import CorrectForm, CreditForm, PaymentForm
from billing.printed import SignRefused
from billing.services.purchase_orders import Place, place_order
from tenants.models import Municipality
from tests.billing.buying import ENGAGEMENT, operator, ordered, siret_of
from tests.billing.fake import BEGINNING

LACKING = ["1 place 🏛 du Port", "1 place 中", "1 place א", "1 place\ue000"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("10 rue du Proﬁl", "10 rue du Profil"),
        ("Ｓａｒａｎ", "Saran"),
        ("Đường Nguyễn Hữu Thọ", "Đường Nguyễn Hữu Thọ"),
        ("Œuf & « Fils », n°\u00a03 – 2ᵉ", "Œuf & « Fils », n°\u00a03 – 2e"),
    ],
)
def test_letters_that_stand_for_several_are_taken_apart(typed: str, kept: str) -> None:
    assert drawn(typed) == kept
    assert sign_not_drawn(kept) == ""


@pytest.mark.parametrize("typed", LACKING)
def test_an_order_says_at_once_what_its_invoice_could_not_print(saran: Municipality, typed: str) -> None:
    quote = ordered(saran)
    given = {"siret": siret_of(saran), "engagement_number": ENGAGEMENT, "service_code": ""}
    form = OrderForm({**given, "address": typed, "postcode": "45770", "town": typed, "method": "TRANSFER"}, quote=quote)
    assert not form.is_valid()
    assert set(form.errors) == {"address", "town"}
    assert typed[8:].strip()[:1] in form.errors["address"][0]
    assert form["address"].value() == typed
    again = OrderForm(
        {**given, "address": "10 rue du Proﬁl", "postcode": "45770", "town": "Saran", "method": "TRANSFER"}, quote=quote
    )
    assert again.is_valid(), again.errors
    assert again.given["place"].address == "10 rue du Profil"
    with pytest.raises(SignRefused):
        place_order(
            quote=quote, **given, file=None, actor=operator(), at=BEGINNING, place=Place(typed, "45770", "Saran")
        )


@pytest.mark.parametrize(
    ("form", "name"),
    [(CreditForm, "why"), (partial(CorrectForm, account=Account()), "why"), (PaymentForm, "reference")],
)
def test_so_does_what_operators_write_on_credit_notes_and_receipts(form: Any, name: str) -> None:
    assert form({name: "Annulé 🏛 en partie"}).errors[name]
    assert name not in form({name: "Annulé, proﬁl erroné"}).errors
