"""What differs between two builds, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """A number before and after; None where a build does not tell it."""

    name: str
    old: float | None
    new: float | None
    unit: str = "B"

    @property
    def delta(self) -> float | None:
        return None if self.old is None or self.new is None else self.new - self.old


@dataclass(frozen=True)
class Reason:
    """One line of why. `about` is the region it explains, `arena`, or empty for what may change everything."""

    about: str
    text: str


@dataclass(frozen=True)
class Comparison:
    """`baseline` is the earlier build as a person named it: a file, a folder or a git revision."""

    baseline: str
    changes: tuple[Change, ...]
    reasons: tuple[Reason, ...]
