"""`manage.py move_city …` in a process of its own, which waits for ever at the step that STOP names."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django


def _stopping(function: Callable[..., Any], moment: str) -> Callable[..., Any]:
    def stop() -> None:
        Path(os.environ["STOPPED"]).touch()
        time.sleep(600)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if moment == "before":
            stop()
        done = function(*args, **kwargs)
        if moment == "after":
            stop()
        return done

    return wrapped


if __name__ == "__main__":
    django.setup()
    from django.core.management import call_command

    from tenants.cells import moving

    if os.environ["STOP"]:
        moment, name = os.environ["STOP"].split()
        setattr(moving, name, _stopping(getattr(moving, name), moment))
    call_command("move_city", *sys.argv[1:])
