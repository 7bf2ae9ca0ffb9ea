"""\"Did you mean": the nearest known word, for names that people misspell."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word` (case ignored), None when nothing is close."""
    by_lower = {name.lower(): name for name in sorted(known, reverse=True)}
    matches = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[matches[0]] if matches else None


def hint_for(word: str, known: Iterable[str], what: str) -> str:
    """``did you mean `nrf5340`?``, or what there is: ``the boards are: host, nrf5340``. `what` is a plural noun."""
    names = sorted(known)
    close = nearest(word, names)
    if close is not None:
        return f"did you mean `{close}`?"
    return f"the {what} are: {', '.join(names)}" if names else f"there are no {what}"
