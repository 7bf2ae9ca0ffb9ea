"""Names that come out of a model file: any text at all, which reports show and must not obey."""

from __future__ import annotations


def printable(name: str, limit: int = 60) -> str:
    """One line without control characters; the middle of a long name is left out, for its end tells most."""
    text = "".join(character if character.isprintable() else "�" for character in name)
    if len(text) <= limit:
        return text
    head = limit // 3
    return f"{text[:head]}…{text[-(limit - head - 1) :]}"


def short_name(name: str, limit: int = 40) -> str:
    """What a person calls a tensor. Converters join the paths of all that was fused; the first is the result's."""
    return printable("/".join(name.split(";")[0].split("/")[-2:]) or name, limit)


def ascii_only(name: str, limit: int = 60) -> str:
    """The same for terminals and logs that know ASCII alone."""
    text = printable(name, limit).replace("…", "...").replace("�", "?")
    return text.encode("ascii", "backslashreplace").decode()
