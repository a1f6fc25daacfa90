import pytest

from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from tenants.models import Municipality


@pytest.fixture
def in_saran(in_saran: Municipality) -> Municipality:
    """With moderators of its own."""
    Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
    return in_saran
