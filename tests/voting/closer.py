"""The close of a vote in a process of its own, which waits for ever at the step that STOP names: SCHEMA VOTE."""

import os
import sys
import time
from pathlib import Path
from typing import Any

import django


def _stop(*args: Any, **kwargs: Any) -> None:
    Path(os.environ["STOPPED"]).touch()
    time.sleep(600)


if __name__ == "__main__":
    django.setup()
    from django_tenants.utils import schema_context

    from consultations.voting.services import closing
    from consultations.voting.services.timing import close_vote

    schema_name, vote = sys.argv[1:]
    setattr(closing, os.environ["STOP"], _stop)
    with schema_context(schema_name):
        close_vote(vote_id=int(vote))
