"""What a city takes with it of news and mail (common.citycopy): nobody but the person sees them."""

from common.citycopy import in_city_copies
from consultations.animation.models import MailPreference, Notice

in_city_copies(
    Notice,
    complete="id user_id kind proposal_id challenge_id argument_id invitation_id collective_id actor_id group_key "
    "count facts created_at updated_at read_at mailed_at",
)
in_city_copies(MailPreference, complete="user_id frequency generation last_mail_at next_mail_at")
