"""The named text formats of the schemas: each a check that raises FormatError with a message and what to write."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from mcuforge.units import parse_frequency, parse_percentage, parse_size

_LOOSE_SIZE = re.compile(r"(\d{1,20}(?:\.\d{1,20})?) *([kKmM])(?:i?[bB])?")
_BINARY_UNIT = {"k": "KiB", "m": "MiB"}
_SYMBOL_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,47}")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")

# A project `x` writes `x.h`; one of these would hide the C library's.
_HEADERS = """
    assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic
    stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype
"""
_C_HEADERS = frozenset(_HEADERS.split())


class FormatError(ValueError):
    """A text that does not have its format; `hint` says what to write."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def _has_wrong_type(value: Any) -> bool:
    """Whether the schema's `type` reports it already. JSON Schema takes 96.0 for a whole number; we do not."""
    if isinstance(value, float):
        return not value.is_integer()
    return isinstance(value, bool) or not isinstance(value, str | int)


def _size(value: Any) -> bool:
    if _has_wrong_type(value):
        return True
    try:
        count = parse_size(value)
    except ValueError as error:
        raise FormatError(str(error), _size_hint(str(value))) from None
    if count == 0:
        raise FormatError("zero bytes is not a size", "write a size, or remove the line")
    return True


def _size_hint(text: str) -> str | None:
    match = _LOOSE_SIZE.fullmatch(text.strip())
    return f"did you mean `{match[1]} {_BINARY_UNIT[match[2].lower()]}`?" if match else None


def _size_or_auto(value: Any) -> bool:
    return value == "auto" or _size(value)


def _frequency(value: Any) -> bool:
    if _has_wrong_type(value):
        return True
    try:
        hertz = parse_frequency(value)
    except ValueError as error:
        raise FormatError(str(error)) from None
    if hertz == 0:
        raise FormatError("zero is not a frequency", "write the clock of the core: `128 MHz`")
    return True


def _percentage(value: Any) -> bool:
    if not isinstance(value, str):
        return True
    try:
        parse_percentage(value)
    except ValueError as error:
        raise FormatError(str(error)) from None
    return True


def _symbol_prefix(value: Any) -> bool:
    if not isinstance(value, str):
        return True
    if value.lower() in _C_HEADERS:
        raise FormatError(f"`{value}.h` would hide a header of the C library", f"write `{value}_model`")
    if not _SYMBOL_PREFIX.fullmatch(value):
        legal = re.sub(r"[^A-Za-z0-9_]", "_", value)[:48]
        hint = f"write `{legal}`" if _SYMBOL_PREFIX.fullmatch(legal) else "write a letter, then letters, digits and `_`"
        shown = json.dumps(value[:60], ensure_ascii=False)
        raise FormatError(f"{shown} is not a C identifier of at most 48 characters", hint)
    return True


def _sha256(value: Any) -> bool:
    if isinstance(value, str) and not _SHA256.fullmatch(value):
        raise FormatError(
            f"not a SHA-256: {len(value)} characters, not 64 hexadecimal digits", "run `sha256sum` on the file"
        )
    return True


FORMATS: dict[str, Callable[[Any], bool]] = {
    "size": _size,
    "size-or-auto": _size_or_auto,
    "frequency": _frequency,
    "percentage": _percentage,
    "symbol-prefix": _symbol_prefix,
    "sha256": _sha256,
}
