"""How long the texts of answers may be (common.text)."""

from common.text import Words

REASONS = Words(minimum=30, maximum=5000)
OWN_WORDS = Words(minimum=5, maximum=600)
COMPETENT = Words(minimum=2, maximum=200, one_line=True)
CHANGE = Words(minimum=5, maximum=600)
QUESTION = Words(minimum=5, maximum=1000)
OPINION = Words(minimum=5, maximum=3000)
SENT_BACK = Words(minimum=5, maximum=1000)
LATE_WHY = Words(minimum=10, maximum=300, one_line=True)
