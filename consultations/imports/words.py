"""What is found in files, in words."""

from django.utils.translation import gettext as _

from consultations.imports.reading import Findings

# What must be said before anything is imported, and by which option of the command.
_OPTIONS = {
    "title": "--title",
    "dates": "--opens, --closes",
    "encoding": "--encoding FILE=ENCODING",
    "neutral": "--neutral improve|skip",
    "order": "--dates day|month",
    "serial": "--serial",
    "columns": "--column FIELD=COLUMN",
}


def asked_by_command(found: Findings) -> str:
    lines = [_("Nothing was imported: some things must be said first.")]
    lines += [f"  {_OPTIONS[each]} ({count})" for each, count in found.questions.items()]
    if found.first:
        said = _("The first contribution is of %(first)s, the last one of %(last)s.")
        lines.append(f"  {said % {'first': found.first, 'last': found.last}}")
    return "\n".join(lines)
