"""Bytes and hertz: integers inside, units only where a person reads or writes them."""

from __future__ import annotations

import re
from fractions import Fraction

_NUMBER = r"(\d{1,20}(?:\.\d{1,20})?)"  # longer ones only cost time
_SIZE = re.compile(rf"{_NUMBER} ?(B|KiB|MiB)")
_FREQUENCY = re.compile(rf"{_NUMBER} ?(Hz|kHz|MHz)")
_PERCENTAGE = re.compile(rf"{_NUMBER} ?%")
_SHOWN = 40
_SIZE_FACTORS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20}
_FREQUENCY_FACTORS = {"Hz": 1, "kHz": 1_000, "MHz": 1_000_000}


def parse_size(text: str | int) -> int:
    """Bytes from ``96 KiB``, ``1.5 MiB``, ``512 B`` or a plain integer.

    Raises ValueError, with a message fit for users, for anything else: a bare ``K`` is ambiguous and refused.
    """
    return _parse(text, _SIZE, _SIZE_FACTORS, "a size", "`96 KiB`, `512 B`, `1 MiB` or a plain number of bytes")


def parse_frequency(text: str | int) -> int:
    """Hertz from ``128 MHz``, ``32.768 kHz`` or a plain integer. Raises ValueError otherwise."""
    return _parse(text, _FREQUENCY, _FREQUENCY_FACTORS, "a frequency", "`128 MHz`, `32.768 kHz` or plain hertz")


def parse_percentage(text: str) -> Fraction:
    """The share that ``1 %`` or ``0.5 %`` is of a whole: 1/100, 1/200. Raises ValueError for anything else."""
    match = _PERCENTAGE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"`{_shown(text)}` is not a share; write `1 %`, `0.5 %`")
    return Fraction(match[1]) / 100


def _parse(text: str | int, pattern: re.Pattern[str], factors: dict[str, int], what: str, examples: str) -> int:
    if isinstance(text, bool) or not isinstance(text, str | int):
        raise ValueError(f"{text!r} is not {what}; write {examples}")
    if isinstance(text, int):
        if text < 0:
            raise ValueError(f"{text} is negative; {what} must not be")
        return text
    match = pattern.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"`{_shown(text)}` is not {what}; write {examples}")
    scaled = Fraction(match[1]) * factors[match[2]]
    if scaled.denominator != 1:
        raise ValueError(f"`{text}` is not a whole number of {'bytes' if factors is _SIZE_FACTORS else 'hertz'}")
    return int(scaled)


def _shown(text: str) -> str:
    """The text in one line of a message."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def format_size(count: int) -> str:
    """``512 B``, ``20.0 KiB``, ``1.2 MiB``: for people, never parsed back."""
    if abs(count) < 1024:
        return f"{count} B"
    if abs(count) < 1 << 20:
        return f"{count / 1024:.1f} KiB"
    return f"{count / (1 << 20):.1f} MiB"
