"""The analyses that there are."""

from consultations.analysis.enums import RunKind
from consultations.analysis.services import groups, themes
from consultations.analysis.services.work import Kind

KINDS: dict[RunKind, Kind] = {
    RunKind.GROUPS: groups.KIND,
    RunKind.THEMES: themes.THEMES,
    RunKind.DUPLICATES: themes.DUPLICATES,
}
