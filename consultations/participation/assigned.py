"""What somebody of the team holds of the list of contributions (common.assigned)."""

from common.assigned import lets_go
from consultations.participation.services.saved_views import let_go_of_views
from consultations.participation.services.sheets import let_go_of_sheets

lets_go(let_go_of_views)
lets_go(let_go_of_sheets)
