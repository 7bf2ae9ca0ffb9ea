"""The published schemas, and the sentences their errors become."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mcuforge import resources

SCHEMAS = {
    path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(resources.schema_dir().glob("*.json"))
}

# Annotations, and the constraints that `validate` has a sentence for. `oneOf` and its like are left out on purpose.
# `if` and `then` say to editors what a file with `extends` may leave out: `validate` judges whole boards without them.
ANNOTATIONS = {"$schema", "$id", "$ref", "$defs", "title", "description", "examples", "default", "if", "then"}
CONSTRAINTS = {
    *("type", "properties", "additionalProperties", "required", "items", "enum", "const", "format", "pattern", "not"),
    *("minimum", "maximum", "minLength", "minItems", "minProperties", "maxProperties", "uniqueItems", "propertyNames"),
}


def subschemas(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every value's schema, with its path."""
    yield path, schema
    for key in ("properties", "$defs"):
        for name, child in schema.get(key, {}).items():
            yield from subschemas(child, f"{path}/{name}")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from subschemas(schema[key], f"{path}/{key}")


def parametrized() -> list[object]:
    return [
        pytest.param(name, path, child, id=f"{name}{path}")
        for name, schema in SCHEMAS.items()
        for path, child in subschemas(schema)
    ]


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_valid_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize(("name", "path", "schema"), parametrized())
def test_every_value_is_explained_to_editors(name: str, path: str, schema: dict[str, Any]) -> None:
    resolved = _resolved(name, schema)
    assert resolved["title"]
    assert resolved["description"].endswith(".")
    validator = Draft202012Validator({**SCHEMAS[name], "required": []} if not path else _rooted(name, resolved))
    for example in resolved["examples"]:
        validator.validate(example)


@pytest.mark.parametrize(("name", "path", "schema"), parametrized())
def test_schema_uses_only_constraints_that_have_a_sentence(name: str, path: str, schema: dict[str, Any]) -> None:
    assert set(schema) <= ANNOTATIONS | CONSTRAINTS


@pytest.mark.parametrize(("name", "path", "schema"), parametrized())
def test_mappings_are_closed(name: str, path: str, schema: dict[str, Any]) -> None:
    if "object" in _resolved(name, schema).get("type", ()):
        assert "additionalProperties" in _resolved(name, schema)


def _resolved(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "").rpartition("/")[2]
    return {**(SCHEMAS[name]["$defs"][reference] if reference else {}), **schema}


def _rooted(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "$defs": SCHEMAS[name]["$defs"]}
