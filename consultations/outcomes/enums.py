from django.db import models
from django.utils.translation import pgettext_lazy


class Decision(models.TextChoices):
    """What the city decides of a proposal, from yes to no; the last is not its to decide."""

    ADOPTED = "ADOPTED", pgettext_lazy("decision", "Accepted")
    ADAPTED = "ADAPTED", pgettext_lazy("decision", "Accepted, with an adaptation")
    STUDIED = "STUDIED", pgettext_lazy("decision", "Under study")
    DECLINED = "DECLINED", pgettext_lazy("decision", "Not accepted")
    ELSEWHERE = "ELSEWHERE", pgettext_lazy("decision", "Not ours to decide")


# Out of which a project may grow.
ACCEPTED = frozenset({Decision.ADOPTED, Decision.ADAPTED})

# No project grows out of them.
REFUSED = frozenset({Decision.DECLINED, Decision.ELSEWHERE})


class AnswerState(models.TextChoices):
    """Where the answer is that is being prepared; what was published before stays in sight meanwhile."""

    WRITING = "WRITING", pgettext_lazy("answer", "Being written")
    TO_SIGN = "TO_SIGN", pgettext_lazy("answer", "To be signed")
    PUBLISHED = "PUBLISHED", pgettext_lazy("answer", "Published")


class Stance(models.TextChoices):
    """What a service thinks of a proposal."""

    FAVOURABLE = "FAVOURABLE", pgettext_lazy("opinion", "In favour")
    CONDITIONAL = "CONDITIONAL", pgettext_lazy("opinion", "In favour, on a condition")
    RESERVED = "RESERVED", pgettext_lazy("opinion", "With reservations")
    UNFAVOURABLE = "UNFAVOURABLE", pgettext_lazy("opinion", "Against")
    NONE = "NONE", pgettext_lazy("opinion", "We cannot say")


class ProjectState(models.TextChoices):
    STUDIED = "STUDIED", pgettext_lazy("project", "Under study")
    DECIDED = "DECIDED", pgettext_lazy("project", "Decided")
    UNDERWAY = "UNDERWAY", pgettext_lazy("project", "Underway")
    DONE = "DONE", pgettext_lazy("project", "Done")
    ABANDONED = "ABANDONED", pgettext_lazy("project", "Given up")


# Of which people expect to hear again.
ALIVE = frozenset({ProjectState.STUDIED, ProjectState.DECIDED, ProjectState.UNDERWAY})
