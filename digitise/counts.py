"""How a number of things is told on the command line and in the index."""

from __future__ import annotations


def count_of(number: int, noun: str) -> str:
    """'1 photo', '2 photos'."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
