"""Changes of a manifest that leave everything else in it as a person wrote it: comments, order, spacing."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

_INDENT = "  "
_WIDTH = 120


def with_list(text: str, key: str, items: Sequence[str]) -> str:
    """The YAML text with the top-level `key` set to a list of plain words; the key is added where it is not there.

    `text` is a sound manifest: a mapping, without anchors.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    written = _flow(key, items)
    for name, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if name.value == key:
            end = _end(text, value)
            return text[: name.start_mark.index] + written + text[end:]
    separator = "" if text.endswith("\n") or not text else "\n"
    return f"{text}{separator}{written}\n"


def _end(text: str, value: yaml.Node) -> int:
    """Where the value ends: a block's mark lies behind the line breaks and comments that follow it."""
    if isinstance(value, yaml.SequenceNode) and not value.flow_style and value.value:
        return _end(text, value.value[-1])
    return int(value.end_mark.index)


def _flow(key: str, items: Sequence[str]) -> str:
    """`key: [A, B]`, broken where lines would get too long."""
    lines, line = [], f"{key}: ["
    for at, item in enumerate(items):
        word = f"{item}," if at < len(items) - 1 else f"{item}]"
        if len(line) + len(word) + 1 > _WIDTH:
            lines.append(line.rstrip())
            line = _INDENT
        line += word + (" " if at < len(items) - 1 else "")
    return "\n".join([*lines, line])
