"""gunicorn's settings, the same in production, in `make run` and in the tests: `gunicorn -c python:config.web`.

GUNICORN_CMD_ARGS and the command line override them. Threads of each worker: WEB_THREADS (config.asgi).
"""

import gc
from pathlib import Path
from typing import Any

wsgi_app = "config.asgi:application"
worker_class = "config.worker.Worker"
asgi_lifespan = "off"
workers = 2
# Longer than a reverse proxy keeps a connection that it may use again: it must never write into one that we close.
keepalive = 75
# Seconds without a sign of life from a worker's event loop, or without a byte of a body that is on its way.
timeout = 30
# How long a worker that is told to stop waits for its connections: those of a proxy stay open.
graceful_timeout = 10
# Bytes of the first line, number of headers, bytes of each.
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190
# The heartbeat must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True


def post_worker_init(_worker: Any) -> None:
    """What is there at the start stays: a full collection, for which a worker stands still, passes over it."""
    gc.collect()
    gc.freeze()
