"""What is read of a report that somebody hands over to compare with: a JSON Schema of just that, and no more.

Reports of other versions may hold more or fewer things; numbers are bounded, for sums and shares are made of them.
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0, "maximum": 2**53}
_COUNT_OR_NULL = {**_COUNT, "type": ["integer", "null"]}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": {**required, **(optional or {})}}


def _map(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_EMULATION = _object({"instructions_per_inference": _COUNT_OR_NULL})
_ACCURACY = _object({"metric": _TEXT, "converted": {"type": "number"}})
_FRAME = _object({"function": _TEXT, "bytes": _COUNT})
_CAUSE = _object(
    {"name": _TEXT, "bytes": _COUNT}, {"note": _TEXT, "children": {"type": "array", "items": {"$ref": "#/$defs/cause"}}}
)
_SIZE = _object(
    {
        "project": _TEXT,
        "board": _TEXT,
        "runtime": _TEXT,
        "toolchain": _TEXT,
        "regions": _map(_object({"used": _COUNT, "capacity": _COUNT, "budget": _COUNT_OR_NULL})),
        "causes": _map(_map(_COUNT)),
        "arena": _object({"used": _COUNT, "lower_bound": _COUNT, "budget": _COUNT_OR_NULL}),
        "stack": _object(
            {"bound": _COUNT_OR_NULL, "reserved": _COUNT, "budget": _COUNT_OR_NULL}, {"chain": _list(_FRAME)}
        ),
        "model": _object({"sha256": _TEXT, "operators": _map(_COUNT), "macs": _COUNT}),
    },
    {
        "tree": _map(_list({"$ref": "#/$defs/cause"})),
        "provenance": _object({}, {"mcuforge": _TEXT}),
        "emulation": {**_EMULATION, "type": ["object", "null"]},
        "accuracy": {**_ACCURACY, "type": ["object", "null"]},
    },
)

_SHAPES = {
    name: Draft202012Validator({**schema, "$defs": {"cause": _CAUSE}})
    for name, schema in (("size", _SIZE), ("emulation", _EMULATION), ("accuracy", _ACCURACY))
}


def misshapen(document: Any, kind: str) -> str | None:
    """What is wrong with a report of that kind, a key of _SHAPES, in a few words; None when nothing is.

    Raises RecursionError for a tree of causes nested hundreds deep.
    """
    error = best_match(_SHAPES[kind].iter_errors(document))
    if error is None:
        return None
    place = ".".join(map(str, error.absolute_path)) or "the file"
    if error.validator == "required":
        lacking = next(key for key in error.validator_value if key not in error.instance)
        return f"`{place}` lacks `{lacking}`"
    if error.validator == "type":
        wanted = error.validator_value
        return f"`{place}` is not of type {wanted if isinstance(wanted, str) else ' or '.join(wanted)}"
    return f"`{place}` is out of range"
