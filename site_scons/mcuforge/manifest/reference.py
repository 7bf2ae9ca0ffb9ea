"""A JSON Schema of ours → a page of reference: every key with its type, meaning, default and an example."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mcuforge.manifest.validate import required_keys
from mcuforge.resources import schema_dir

_HEAD = ("| key | type | meaning | default | example |", "|---|---|---|---|---|")
_FORMATS = {"size": "size", "size-or-auto": "size or `auto`", "frequency": "frequency", "address": "address"}

Schema = Mapping[str, Any]


def reference(name: str) -> str:
    """Markdown for the schema `name` (project, board)."""
    schema = json.loads((schema_dir() / f"{name}.schema.json").read_text(encoding="utf-8"))
    lines = [
        f"# {schema['title']}",
        "",
        "<!-- Written by `mcuforge reference`; the schema is what to edit. -->",
        "",
        schema["description"],
        "",
        "## Keys",
        "",
        *_HEAD,
        *_rows(schema, schema.get("$defs", {})),
    ]
    for title, part in _parts(schema, schema.get("$defs", {}), ""):
        lines += ["", f"## {title}", "", part["description"], "", *_HEAD, *_rows(part, schema.get("$defs", {}))]
    return "\n".join(lines) + "\n"


def _parts(schema: Schema, definitions: Schema, prefix: str) -> Iterator[tuple[str, Schema]]:
    """Every map among the values, by the path of its key; of lists and maps of maps, what they hold."""
    for key, value in schema.get("properties", {}).items():
        resolved = _resolve(value, definitions)
        rest = resolved.get("additionalProperties")
        inner = (
            (resolved, ""),
            (resolved.get("items", {}), "[]"),
            (rest if isinstance(rest, Mapping) else {}, ".<name>"),
        )
        for part, suffix in ((_resolve(found, definitions), suffix) for found, suffix in inner):
            if part.get("properties"):
                title = f"{prefix}{key}{suffix}"
                yield f"`{title}`", part
                yield from _parts(part, definitions, f"{title}.")


def _rows(schema: Schema, definitions: Schema) -> Iterator[str]:
    required = required_keys(schema)
    for key, value in schema.get("properties", {}).items():
        yield _row(f"`{key}`", _resolve(value, definitions), key in required)
    rest = schema.get("additionalProperties")
    if isinstance(rest, Mapping):
        yield _row("any other name", _resolve(rest, definitions), False)


def _row(key: str, value: Schema, is_required: bool) -> str:
    default = "required" if is_required else _code(value["default"]) if "default" in value else ""
    example = _code(value["examples"][0]) if value.get("examples") else ""
    cells = (key, _type(value), value.get("description", value.get("title", "")), default, example)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _type(value: Schema) -> str:
    if "enum" in value:
        return ", ".join(_code(choice) for choice in value["enum"])
    if "const" in value:
        return _code(value["const"])
    if value.get("format") in _FORMATS:
        return _FORMATS[value["format"]]
    types = value.get("type", "any")
    names = [types] if isinstance(types, str) else types
    return " or ".join({"object": "map", "array": "list"}.get(name, name) for name in names)


def _code(value: Any) -> str:
    return f"`{value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}`"


def _resolve(value: Schema, definitions: Schema) -> Schema:
    """With what `$ref` names filled in; what is written beside the reference wins."""
    reference_to = value.get("$ref")
    if reference_to is None:
        return value
    return {**definitions[reference_to.removeprefix("#/$defs/")], **value}
