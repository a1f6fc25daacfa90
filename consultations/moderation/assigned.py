"""What moderators hold (common.assigned)."""

from common.assigned import lets_go
from consultations.moderation.services.claiming import release_all

lets_go(release_all)
