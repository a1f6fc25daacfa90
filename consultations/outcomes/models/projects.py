"""What the city makes of accepted proposals, and how far it has come."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from consultations.framing.models import Consultation
from consultations.outcomes.enums import ProjectState
from consultations.participation.models import Picture, Proposal


class Project(models.Model):
    """A project of the city: out of one accepted proposal or several. Its page is public once it is published."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="projects")
    slug = models.SlugField(max_length=80, unique=True)
    import_ref = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001
    title = models.CharField(max_length=120)
    summary = models.TextField()
    state = models.CharField(max_length=10, choices=ProjectState, default=ProjectState.DECIDED)
    state_reason = models.TextField(blank=True, help_text="Of what is given up: why.")
    decided_on = models.DateField(null=True, help_text="Nothing of it is planned before.")
    lead_service = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField(blank=True)
    elected = models.CharField(max_length=160, blank=True, help_text="The elected official in charge.")
    location = models.CharField(max_length=200, blank=True)
    neighbourhood = models.CharField(max_length=60, blank=True)
    # In whole euros.
    budget_planned = models.PositiveBigIntegerField(null=True)
    budget_spent = models.PositiveBigIntegerField(null=True)
    picture = models.ForeignKey(Picture, null=True, on_delete=models.SET_NULL, related_name="+")
    picture_alt = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True)
    last_said_at = models.DateTimeField(null=True, help_text="When people last heard of it: news, a step, a new state.")
    follower_count = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0, help_text="Counts changes, so that two editors see each other.")

    class Meta:
        ordering = ["-published_at", "-pk"]
        indexes = [models.Index(fields=["state", "last_said_at"], name="project_silent")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.slug])


class ProjectSource(models.Model):
    """An accepted proposal out of which a project grew."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="sources", db_index=False)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="project_sources")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["project", "proposal"], name="project_source_once")]

    def __str__(self) -> str:
        return f"{self.proposal_id} → {self.project_id}"


class Milestone(models.Model):
    """A step of a project: planned for a day, and done on one."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="milestones")
    title = models.CharField(max_length=120)
    planned_on = models.DateField()
    first_planned_on = models.DateField(null=True, help_text="As it was announced, where it was put off since.")
    late_why = models.CharField(max_length=300, blank=True)
    done_on = models.DateField(null=True)

    class Meta:
        ordering = ["planned_on", "pk"]

    def __str__(self) -> str:
        return self.title


class ProjectNews(models.Model):
    """Something to tell of a project, perhaps with a picture."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="news")
    title = models.CharField(max_length=120)
    text = models.TextField()
    picture = models.ForeignKey(Picture, null=True, on_delete=models.SET_NULL, related_name="+")
    picture_alt = models.CharField(max_length=200, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField()
    is_hidden = models.BooleanField(default=False, db_default=False, help_text="Taken back by the team.")

    class Meta:
        ordering = ["-published_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class StateChange(models.Model):
    """A project came into another state."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="changes")
    state = models.CharField(max_length=10, choices=ProjectState)
    reason = models.TextField(blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["changed_at", "pk"]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.state}"


class ProjectFollow(models.Model):
    """Somebody hears of each step of a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="follows", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="project_follows")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="project_follow_once")]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.project_id}"
