"""Just enough C++ to see what a source tree declares and defines, without a compiler."""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/|("(?:\\.|[^"\\\n])*")', re.DOTALL)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.MULTILINE)
_SCOPE = re.compile(r"\bnamespace\s*((?:\w+(?:::\w+)*)?)\s*\{|[{}]")
_IDENTIFIER = re.compile(r"\b[A-Za-z_]\w*\b")
_CLOSING = {"(": ")", "{": "}"}


def without_comments(text: str) -> str:
    """The text with comments blanked out; strings stay."""
    return _COMMENT.sub(lambda match: match[1] or " ", text)


def includes(text: str) -> list[str]:
    """The quoted includes of a source without comments, in order, those in inactive branches too."""
    return _INCLUDE.findall(text)


def identifiers(text: str) -> set[str]:
    return set(_IDENTIFIER.findall(text))


def balanced_end(text: str, start: int) -> int:
    """The index after the bracket that closes the one at `start`; the end of the text when none does."""
    opening, closing = text[start], _CLOSING[text[start]]
    depth = 0
    for index in range(start, len(text)):
        if text[index] == opening:
            depth += 1
        elif text[index] == closing:
            depth -= 1
            if depth == 0:
                return index + 1
    return len(text)


def enclosing_namespace(text: str, pattern: re.Pattern[str]) -> str | None:
    """`tflite::micro` for the first match of `pattern` in a source without comments; None when nothing matches."""
    found = pattern.search(text)
    if found is None:
        return None
    scopes: list[str | None] = []
    for match in _SCOPE.finditer(text, 0, found.start()):
        if match[0] == "}":
            if scopes:
                scopes.pop()
        else:
            scopes.append(match[1] or None if match[0] != "{" else None)
    return "::".join(scope for scope in scopes if scope)


def functions(text: str, name: str) -> Iterator[tuple[str, str, str]]:
    """(name, parameters, body) of the functions whose name matches the regular expression `name`, in order."""
    for match in re.finditer(rf"\b({name})\s*\(", text):
        after = balanced_end(text, match.end() - 1)
        opening = re.compile(r"\s*(?:const\s*)?(?:override\s*)?\{").match(text, after)
        if opening is not None:
            end = balanced_end(text, opening.end() - 1)
            yield match[1], text[match.end() : after - 1], text[opening.end() : end - 1]
