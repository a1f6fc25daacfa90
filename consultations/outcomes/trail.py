"""What the trail keeps of outcomes, in words (common.trail)."""

from django.utils.translation import gettext_lazy as _

from common.trail import concerns
from consultations.outcomes.models import Answer, Project

concerns(Answer, _("Answer to a proposal"))
concerns(Project, _("Project"), title=lambda project: project.title)
