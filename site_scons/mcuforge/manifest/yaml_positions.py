"""The gate for YAML: plain data with the place of every key and value, or one UserError that says what to write.

Only the subset of YAML that everybody reads in the same way gets through. Tags, anchors, aliases, merge keys,
duplicate keys and the words and numbers on which YAML 1.1 and 1.2 disagree (`no`, `010`, `1:30`, `1_000`) are
refused. Size and depth are bounded, and nothing is ever constructed from a tag, so files need not be trusted.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, cast

import yaml

from mcuforge.errors import Location, UserError
from mcuforge.manifest.types import Positions, YamlPath
from mcuforge.manifest.yaml_scalars import AmbiguousScalarError, resolve_plain

MAX_BYTES = 64 * 1024
MAX_DEPTH = 32

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

Plain = bool | int | float | str | list[Any] | dict[str, Any] | None


def read_yaml(path: Path) -> tuple[dict[str, Any], Positions]:
    """A YAML file whose top level is a mapping. Raises UserError, with file, line and column, for anything else."""
    return parse_yaml(_read_bytes(path), path)


def parse_yaml(content: bytes, file: Path) -> tuple[dict[str, Any], Positions]:
    """As read_yaml, from bytes; `file` only names them in messages."""
    text = _decode(content, file)
    root = _compose(text, file)
    if root is None:
        raise UserError("the file is empty", location=Location(file, 1, 1), hint="begin with `schema: 1`")
    builder = _Builder(file)
    data = builder.value(root, ())
    if not isinstance(data, dict):
        raise UserError(
            f"expected `key: value` lines, found {describe(data)}",
            location=builder.location(root),
            hint="begin with `schema: 1`",
        )
    return data, Positions(file, builder.values, builder.keys)


def describe(value: Plain) -> str:
    """How messages name a value: `"kws"`, `the number 5`, `a list`, `nothing`."""
    match value:
        case None:
            return "nothing"
        case bool():
            return f"`{str(value).lower()}`"
        case int() | float():
            return f"the number {value}"
        case str():
            return json.dumps(value, ensure_ascii=False) if len(value) <= 40 else "a long text"
        case list():
            return "a list"
        case _:
            return "a mapping"


def _read_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(f"cannot read the file: {reason}", location=Location(path)) from None
    return content


def _decode(content: bytes, file: Path) -> str:
    """UTF-8, with or without the mark some Windows editors put first, without tabs or control characters."""
    if len(content) > MAX_BYTES:
        raise UserError(f"the file is larger than {MAX_BYTES // 1024} KiB", location=Location(file))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode()
        raise UserError(
            f"byte 0x{error.object[error.start]:02x} is not UTF-8",
            location=_location_of_index(before, len(before), file),
            hint="save the file as UTF-8",
        ) from None
    if "\t" in text:
        raise UserError(
            "a tab; YAML is indented with spaces",
            location=_location_of_index(text, text.index("\t"), file),
            hint='write spaces (inside a quoted text: "\\t")',
        )
    return text


def _location_of_index(text: str, index: int, file: Path) -> Location:
    before = text[:index]
    return Location(file, before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1)


class _StrictLoader(yaml.SafeLoader):
    """PyYAML's parser and composer, with refusals before each node is composed (so depth is bounded, too)."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        _refuse_indirection(event)
        if self.depth >= MAX_DEPTH:
            raise _refusal(f"nested deeper than {MAX_DEPTH} levels", event)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _refuse_indirection(event: yaml.Event) -> None:
    """Anchors, aliases (a few lines of them expand to gigabytes) and tags (they construct objects)."""
    anchor = getattr(event, "anchor", None)  # an alias's is the anchor it refers to
    if anchor is not None:
        raise _refusal(f"anchors and aliases (`{anchor}`) are not allowed", event)
    tag = getattr(event, "tag", None)
    if tag is not None:
        written = tag.replace("tag:yaml.org,2002:", "!!")
        raise _refusal(f"tags (`{written}`) are not allowed", event)


def _refusal(problem: str, event: yaml.Event) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=cast("yaml.Mark", event.start_mark))


_HINTS = {
    "anchors": "write the value out in each place; boards share facts with `extends`",
    "tags": "write the plain value",
}


def _compose(text: str, file: Path) -> yaml.Node | None:
    try:
        loader = _StrictLoader(text)
        return loader.get_single_node()
    except yaml.reader.ReaderError as error:
        raise UserError(
            f"character U+{int(error.character):04X} is not allowed in YAML",
            location=_location_of_index(text, error.position, file),
        ) from None
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, file) from None
    except (ValueError, OverflowError):  # PyYAML checks neither "\UFFFFFFFF" nor the number after %YAML
        line = loader.line + 1
        raise UserError("a number here is out of range", location=Location(file, line)) from None


def _syntax_error(error: yaml.MarkedYAMLError, file: Path) -> UserError:
    mark = error.problem_mark or error.context_mark
    problem = error.problem or error.context or "this is not YAML"
    details = []
    if error.context and error.context_mark and error.problem:
        begin = Location(file, error.context_mark.line + 1, error.context_mark.column + 1)
        details.append(f"{error.context}, which begins at {begin}")
    return UserError(
        problem,
        location=Location(file, mark.line + 1, mark.column + 1) if mark else Location(file),
        details=tuple(details),
        hint=_HINTS.get(problem.split(maxsplit=1)[0]),
    )


class _Builder:
    """Turns nodes into plain data and notes where each key and value stands."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.values: dict[YamlPath, Location] = {}
        self.keys: dict[YamlPath, Location] = {}

    def location(self, node: yaml.Node) -> Location:
        return Location(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def value(self, node: yaml.Node, path: YamlPath) -> Plain:
        self.values[path] = self.location(node)
        if isinstance(node, yaml.MappingNode):
            return {key: self.value(child, (*path, key)) for key, child in self._unique_items(node, path)}
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, index)) for index, child in enumerate(node.value)]
        return self._scalar(cast("yaml.ScalarNode", node))

    def _unique_items(self, node: yaml.MappingNode, path: YamlPath) -> list[tuple[str, yaml.Node]]:
        items = []
        for key_node, value_node in node.value:
            key = self._key(key_node)
            first = self.keys.setdefault((*path, key), self.location(key_node))
            if first != self.location(key_node):
                raise UserError(
                    f"key `{key}` is given twice",
                    location=self.location(key_node),
                    hint=f"the first is at line {first.line}; keep one of them",
                )
            items.append((key, value_node))
        return items

    def _key(self, node: yaml.Node) -> str:
        key = self._scalar(node) if isinstance(node, yaml.ScalarNode) else None
        if isinstance(key, str) and key not in ("", "<<") and "\n" not in key:
            return key
        shown = json.dumps(node.value) if isinstance(node, yaml.ScalarNode) else "this"
        raise UserError(
            f"{shown} is not a key", location=self.location(node), hint="keys are plain words: `name: value`"
        )

    def _scalar(self, node: yaml.ScalarNode) -> Plain:
        self._refuse_unprintable(node)
        if node.style is not None:  # quoted, or a block of text
            return str(node.value)
        try:
            return resolve_plain(node.value)
        except AmbiguousScalarError as error:
            raise UserError(error.message, location=self.location(node), hint=error.hint) from None

    def _refuse_unprintable(self, node: yaml.ScalarNode) -> None:
        """Escapes can write what no path, label or C string should hold: controls and halves of surrogate pairs."""
        unprintable = _UNPRINTABLE.search(node.value)
        if unprintable is not None:
            code = f"U+{ord(unprintable[0]):04X}"
            raise UserError(f"character {code} is not allowed here", location=self.location(node))
