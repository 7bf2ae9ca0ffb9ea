"""What an unquoted YAML word means, where every YAML reader agrees; an error where they do not."""

from __future__ import annotations

import math
import re

_NULL = re.compile(r"~|null|Null|NULL|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")

# Words and numbers that YAML 1.1 reads as something else than YAML 1.2, or than a person does.
_YES = re.compile(r"yes|Yes|YES|on|On|ON")
_NO = re.compile(r"no|No|NO|off|Off|OFF")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+(\.[0-9]*)?|0o[0-7]+")
_ZEROS = re.compile(r"^([-+]?)0o?0*(?=[0-9])")
_BINARY = re.compile(r"[-+]?0b[01_]+")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9]*)?")
_UNDERSCORES = re.compile(r"[-+]?(0x[0-9a-fA-F_]+|[0-9][0-9_]*(\.[0-9_]*)?)")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

_MAX_DIGITS = 20  # more than any size or address; longer digit strings only cost time


class AmbiguousScalarError(ValueError):
    """A word that readers of YAML disagree on; `hint` says what to write instead."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def resolve_plain(word: str) -> bool | int | float | str | None:
    """The value of an unquoted scalar. Raises AmbiguousScalarError for the traps of YAML 1.1 and for absurd numbers."""
    if _NULL.fullmatch(word):
        return None
    if _TRUE.fullmatch(word) or _FALSE.fullmatch(word):
        return word[0] in "tT"
    if _DECIMAL.fullmatch(word) or _HEXADECIMAL.fullmatch(word):
        return _integer(word)
    if _FLOAT.fullmatch(word):
        return _float(word)
    _refuse_traps(word)
    return word


def _refuse_traps(word: str) -> None:
    quoted = f'`"{word}"` for the text'
    if _YES.fullmatch(word) or _NO.fullmatch(word):
        meaning = "true" if _YES.fullmatch(word) else "false"
        raise AmbiguousScalarError(f"`{word}` means {meaning} to some YAML readers", f"write `{meaning}`, or {quoted}")
    if _LEADING_ZERO.fullmatch(word):
        plain = _ZEROS.sub(r"\1", word)
        raise AmbiguousScalarError(f"`{word}` is octal to some YAML readers", f"write `{plain}`, or {quoted}")
    if _BINARY.fullmatch(word):
        raise AmbiguousScalarError(
            f"`{word}` is a number only to some YAML readers", f"write it in hexadecimal, or {quoted}"
        )
    if _SEXAGESIMAL.fullmatch(word):
        raise AmbiguousScalarError(
            f"`{word}` is a base-60 number to some YAML readers", f"write a plain number, or {quoted}"
        )
    if "_" in word and _UNDERSCORES.fullmatch(word):
        plain = word.replace("_", "")
        raise AmbiguousScalarError(f"`{word}` is a number only to some YAML readers", f"write `{plain}`, or {quoted}")
    if _NOT_FINITE.fullmatch(word):
        raise AmbiguousScalarError(f"`{word}` is not a finite number", f"write a number, or {quoted}")


def _integer(word: str) -> int:
    if len(word) > _MAX_DIGITS:
        raise AmbiguousScalarError(
            f"a number of {len(word)} digits", "write a smaller number, or quote it for the text"
        )
    return int(word, 16 if word.startswith("0x") else 10)


def _float(word: str) -> float:
    number = float(word)
    if not math.isfinite(number):
        raise AmbiguousScalarError(f"`{word}` is too large", "write a smaller number, or quote it for the text")
    return number
