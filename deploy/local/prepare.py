"""`manage.py prepare` in a third of the time, for new machines and tests; `-m deploy.local.prepare prepare load_demo`
runs several of its commands in one process."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.db.migrations.state import ProjectState


@contextmanager
def quick_migrations() -> Iterator[None]:
    """At each operation Django makes the classes of all related models anew: four fifths of a fresh database's time.

    They are for Python, before which it makes all of them anew where that was put off; here it always is. What is made
    so is compared with what is not, and with the models, in tests/tenants/test_structure.py.
    """

    def reload_alone(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
        if "apps" in state.__dict__:
            state.is_delayed = True
            state._reload({(app_label, model_name)})

    with mock.patch.object(ProjectState, "reload_model", reload_alone):
        yield


if __name__ == "__main__":
    import sys

    from django.core.management import execute_from_command_line

    with quick_migrations():
        for command in sys.argv[1:]:
            execute_from_command_line(["manage.py", *command.split()])
