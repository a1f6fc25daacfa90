"""What is wrong with a document."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """`code` is for programs: one of ours, or that of a rule of EN 16931 or France (BR-CO-15).

    `sentence` is for people. It may hold what somebody typed: for the screen, not for logs.
    """

    code: str
    sentence: str
