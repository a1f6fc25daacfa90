"""What each address of a city answers more than others, in a city that is not in full life (common.states)."""

import pytest
from django.conf import settings

from common.states import Answers, answers_of
from tests.support.addresses import addresses

DOOR = "sign_in confirm_code other_address sign_in_link sign_in_by_link signed_in sign_out account_login "
RIGHTS = (
    "own_address own_address_code own_address_undo own_address_undo_by_link own_journal own_data own_leaving own_left "
)
FACTORS = "account_reauthenticate mfa_authenticate mfa_index mfa_add_app mfa_remove mfa_recovery_codes "
ANSWERED = {
    Answers.IN_EVERY_STATE: DOOR + RIGHTS + FACTORS + "unsubscribe unsubscribe_by_link",
    # Without the city's name, to strangers, as all of the desk; in a city that only reads, what writes none of its content.
    Answers.UNVERIFIED | Answers.READ_ONLY: (
        "desk_export_download desk_export_complete desk_address desk_domain_check desk_domain_give_up "
        "desk_domain_leave desk_domain_forget desk_rename desk_verification "
        "desk_team_way_back desk_team_way_back_by_address"
    ),
    Answers.UNVERIFIED: "desk desk_team desk_team_remove desk_consultation desk_open desk_challenges desk_appearance",
    Answers.UNVERIFIED_BY_NAME | Answers.READ_ONLY: "verification_link verification_by_link",
    Answers.READ_ONLY | Answers.SUSPENDED: "order_link order_by_link order_by_link_quote",
    Answers.READ_ONLY: "notices_read mail_preferences",
    Answers.SUSPENDED: "legal_notices privacy accessibility",
    Answers.SUSPENDED | Answers.UNVERIFIED: "city_colours",
    Answers.NOTHING_MORE: "home proposals proposal argue react charter resume welcome account notices city_logo",
}
VIEWS = {each.name: each.pattern.callback for each in addresses(settings.ROOT_URLCONF)}


@pytest.mark.parametrize(("said", "names"), ANSWERED.items(), ids=[str(said) for said in ANSWERED])
def test_these_addresses_answer_that_and_no_more(said: Answers, names: str) -> None:
    assert {name: answers_of(VIEWS[name]) for name in names.split()} == dict.fromkeys(names.split(), said)
