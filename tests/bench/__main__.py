"""Runs every benchmark on services of its own and prints a table: `python -m tests.bench [answers|api|ballots|campaign|provisioning|sign_ups|pages|paint|evening|neighbour|periodic|reactions|similar|directory|fleet|fleet-size|differences|imports|invoices|kit|moderation|contributions|counting|dashboard|results|opendata|opinion_groups|screening|server|pictures|themes|webhooks]`."""

import logging
import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

from deploy.local.services import start_postgres, start_valkey


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="territoires-bench-"))
    folder.chmod(0o755)
    postgres, valkey = start_postgres(folder / "postgres"), start_valkey(folder / "valkey")
    os.environ |= {
        "DATABASE_URL": postgres.url,
        "REDIS_URL": valkey.url,
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "PUBLIC_BASE_URL": "http://territoires.localhost",
        "STATIC_ROOT": str(folder / "static"),
        "EMAIL_URL": "dummymail://",
        "RELEASE": "bench",
        "LEGAL_HOST_NAME": "Cette machine",  # without a host no city can open
        "LEGAL_HOST_ADDRESS": "127.0.0.1",
        "LEGAL_HOST_PHONE": "01 00 00 00 00",
    }
    try:
        import django

        django.setup()
        from tests.bench import (
            answers,
            api,
            ballots,
            campaign,
            contributions,
            counting,
            dashboard,
            differences,
            directory,
            evening,
            fleet,
            fleet_size,
            imports,
            invoices,
            kit,
            moderation,
            neighbour,
            opendata,
            opinion_groups,
            pages,
            paint,
            periodic,
            pictures,
            provisioning,
            reactions,
            results,
            screening,
            server,
            sign_ups,
            similar,
            themes,
            webhooks,
        )

        logging.disable(logging.INFO)
        for benchmark in (
            answers,
            api,
            ballots,
            campaign,
            provisioning,
            sign_ups,
            pages,
            paint,
            evening,
            neighbour,
            periodic,
            reactions,
            similar,
            directory,
            fleet,
            fleet_size,
            differences,
            imports,
            invoices,
            kit,
            moderation,
            contributions,
            counting,
            dashboard,
            results,
            opendata,
            opinion_groups,
            screening,
            server,
            pictures,
            themes,
            webhooks,
        ):
            name = benchmark.__name__.rpartition(".")[2]
            if len(sys.argv) < 2 or name in [wanted.replace("-", "_") for wanted in sys.argv[1:]]:
                print(f"\n{name}: {(benchmark.__doc__ or '').splitlines()[0]}")
                benchmark.run()
    finally:
        valkey.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
