"""What a visitor may begin before signing in: following a project (accounts.begun)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.begun import Done, PendingAction, action
from accounts.models import User
from consultations.outcomes.models import Project
from consultations.outcomes.services.project_news import follow_project, unfollow_project


@action("follow_project")
@dataclass(frozen=True)
class FollowProject(PendingAction):
    """Hear of each step; or no longer."""

    project: int
    follows: bool = True

    def label(self) -> str:
        return _("Follow") if self.follows else _("Follow no longer")

    def about(self) -> str:
        return str(self._project() or "")

    def place(self) -> str:
        project = self._project()
        return f"{project.get_absolute_url()}#suivre" if project else "/"

    def do(self, *, user: User, at: datetime) -> Done:
        project = self._project()
        if project is None:
            return Done("/", notice=_("What this was about can no longer be read here."))
        if self.follows:
            follow_project(project=project, user=user, at=at)
        else:
            unfollow_project(project=project, user=user)
        said = _("You follow “%(title)s”.") if self.follows else _("You no longer follow “%(title)s”.")
        return Done(self.place(), said=said % {"title": project}, is_said_there=True)

    def _project(self) -> Project | None:
        return Project.objects.exclude(published_at=None).filter(pk=self.project).first()
