"""Handing runs to the workers."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError as BrokerAway

logger = logging.getLogger(__name__)


def dispatch(run_key: object) -> None:
    """Offer a run to the workers. With the broker away it waits for the sweeper (onboarding.tasks)."""
    try:
        current_app.send_task("onboarding.tasks.provision", args=[str(run_key)], retry=False)
    except (BrokerAway, OSError):
        logger.warning("broker away, provisioning run waits for the sweeper")
