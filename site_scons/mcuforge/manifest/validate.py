"""JSON Schema validation whose errors are one sentence each, at the place in the YAML file, with what to write.

The schemas in `schema/` are written for this translation: alternatives are lists of types, never `oneOf`, so each
error has one cause. `pattern` and `minimum` beside a `format` repeat it for editors, which do not know our formats.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from jsonschema import Draft202012Validator, FormatChecker, validators
from jsonschema.exceptions import ValidationError

from mcuforge import resources
from mcuforge.errors import Location, UserError
from mcuforge.manifest.formats import FORMATS, FormatError
from mcuforge.manifest.suggestions import hint_for
from mcuforge.manifest.types import Positions
from mcuforge.manifest.yaml_positions import describe

_MAX_FURTHER = 4


@dataclass(frozen=True)
class Problem:
    """One error of a manifest."""

    message: str
    location: Location
    hint: str | None = None


def validate(data: dict[str, Any], positions: Positions, schema: str) -> None:
    """Raises the first problem, in file order, as a UserError that lists the next few; `schema`: project or board."""
    errors = _validator(schema).iter_errors(data)
    problems = dict.fromkeys(problem for error in errors for problem in _translate(error, positions))
    if not problems:
        return
    first, *further = sorted(problems, key=lambda problem: _order(problem.location))
    details = [f"also {problem.location}: {problem.message}" for problem in further[:_MAX_FURTHER]]
    if len(further) > _MAX_FURTHER:
        details.append(f"and {len(further) - _MAX_FURTHER} more")
    raise UserError(first.message, location=first.location, hint=first.hint, details=tuple(details))


def _order(location: Location) -> tuple[str, int, int]:
    return str(location.file), location.line or 0, location.column or 0


@functools.cache
def _validator(schema: str) -> Any:
    content = json.loads((resources.schema_dir() / f"{schema}.schema.json").read_text(encoding="utf-8"))
    # Editors see files as they are written: one with `extends` leaves much to its parent, which is merged in here.
    content["required"] = required_keys(content)
    for key in ("if", "then"):
        content.pop(key, None)
    checker = FormatChecker(formats=())
    for name, check in FORMATS.items():
        checker.checks(name, raises=FormatError)(check)
    return _Validator(content, format_checker=checker)


def required_keys(schema: Mapping[str, Any]) -> list[str]:
    """What a whole file needs, parents included."""
    return [*schema.get("required", ()), *schema.get("then", {}).get("required", ())]


def _whole_pattern(_: Any, pattern: str, instance: Any, schema: dict[str, Any]) -> Iterator[ValidationError]:
    """`pattern` as editors understand it: Python's own `$` would let a newline at the end pass."""
    if isinstance(instance, str) and not re.fullmatch(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern}")


_Validator = validators.extend(Draft202012Validator, {"pattern": _whole_pattern})


def _translate(error: ValidationError, positions: Positions) -> Iterator[Problem]:
    if error.validator in ("pattern", "minimum") and "format" in error.schema:
        return  # the format says it better
    if "propertyNames" in error.absolute_schema_path:
        yield _bad_name(error, positions)
        return
    yield from _TRANSLATIONS[str(error.validator)](error, positions)


def _name(error: ValidationError) -> str:
    """The value in messages, by its key or its place in a list: `flash`, entry 3 of `labels`."""
    path = error.absolute_path
    if not path:
        return "the file"
    return f"entry {path[-1] + 1} of `{path[-2]}`" if isinstance(path[-1], int) else f"`{path[-1]}`"


def _example(schema: dict[str, Any]) -> str | None:
    examples = schema.get("examples")
    return f"for example `{_flow(examples[0])}`" if examples else None


def _flow(value: Any) -> str:
    """A value as YAML in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else "null" if value is None else str(value)


def _unknown_keys(error: ValidationError, positions: Positions) -> Iterator[Problem]:
    known = error.schema["properties"]
    for key in error.instance:
        if key not in known:
            place = positions.at_key(*error.absolute_path, key)
            yield Problem(f"unknown key `{key}`", place, hint_for(key, set(known) - set(error.instance), "other keys"))


def _missing_keys(error: ValidationError, positions: Positions) -> Iterator[Problem]:
    """All missing keys of a mapping; jsonschema reports one error for each, so `validate` drops the repetitions."""
    owner = f" in {_name(error)}" if error.absolute_path else ""
    for key in error.validator_value:
        if key not in error.instance:
            examples = error.schema["properties"][key]["examples"]
            hint = f"for example `{key}: {_flow(examples[0])}`"
            yield Problem(f"missing key `{key}`{owner}", positions.at_key(*error.absolute_path), hint)


def _wrong_type(error: ValidationError, positions: Positions) -> Iterator[Problem]:
    wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    kinds = " or ".join(_KINDS[kind] for kind in wanted)
    message = f"{_name(error)} must be {kinds}, not {describe(error.instance)}"
    if error.instance is None:
        message = f"{_name(error)} has no value"
    yield Problem(message, positions.at(*error.absolute_path), _type_hint(error, wanted))


def _type_hint(error: ValidationError, wanted: list[str]) -> str | None:
    if wanted == ["string"] and isinstance(error.instance, bool | int | float):
        return f'for the text, write `"{_flow(error.instance)}"`'
    return _example(error.schema)


_KINDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "null",
}


def _wrong_word(error: ValidationError, positions: Positions) -> Iterator[Problem]:
    words = [str(word) for word in error.validator_value if word is not None]
    message = f"{_name(error)} cannot be {describe(error.instance)}"
    yield Problem(message, positions.at(*error.absolute_path), hint_for(str(error.instance), words, "choices"))


def _wrong_constant(error: ValidationError, positions: Positions) -> Iterator[Problem]:
    if isinstance(error.instance, bool) or not isinstance(error.instance, int | float):
        return  # the type is wrong already
    message = f"{_name(error)} must be {_flow(error.validator_value)}, not {_flow(error.instance)}"
    yield Problem(message, positions.at(*error.absolute_path), "this version of mcuforge reads no other")


def _wrong_format(error: ValidationError, positions: Positions) -> Iterator[Problem]:
    cause = cast("FormatError", error.cause)
    yield Problem(f"{_name(error)}: {cause}", positions.at(*error.absolute_path), cause.hint)


def _wrong_pattern(error: ValidationError, positions: Positions) -> Iterator[Problem]:
    message = f"{_name(error)} cannot be {describe(error.instance)}"
    yield Problem(message, positions.at(*error.absolute_path), _example(error.schema))


def _out_of_range(error: ValidationError, positions: Positions) -> Iterator[Problem]:
    bound = "at least" if error.validator == "minimum" else "at most"
    message = f"{_name(error)} must be {bound} {error.validator_value}, not {_flow(error.instance)}"
    yield Problem(message, positions.at(*error.absolute_path), _example(error.schema))


def _empty(error: ValidationError, positions: Positions) -> Iterator[Problem]:
    yield Problem(f"{_name(error)} is empty", positions.at(*error.absolute_path), _example(error.schema))


def _too_many_keys(error: ValidationError, positions: Positions) -> Iterator[Problem]:
    message = f"{_name(error)} takes one of {', '.join(f'`{key}`' for key in error.schema['properties'])}, not several"
    yield Problem(message, positions.at(*error.absolute_path), _example(error.schema))


def _repeated(error: ValidationError, positions: Positions) -> Iterator[Problem]:
    for index, item in enumerate(error.instance):
        if item in error.instance[:index]:
            message = f"{_name(error)} names {describe(item)} twice"
            yield Problem(message, positions.at(*error.absolute_path, index), "remove one of them")


def _bad_name(error: ValidationError, positions: Positions) -> Problem:
    """A name that the user chooses (of a memory region) and that cannot be one."""
    taken = error.validator == "not"
    message = f"`{error.instance}` " + (
        "has a meaning of its own" if taken else "is not a name of small letters and digits"
    )
    return Problem(
        message, positions.at_key(*error.absolute_path, error.instance), "choose another name: `flash`, `sram`"
    )


_TRANSLATIONS: dict[str, Callable[[ValidationError, Positions], Iterator[Problem]]] = {
    "additionalProperties": _unknown_keys,
    "required": _missing_keys,
    "type": _wrong_type,
    "enum": _wrong_word,
    "const": _wrong_constant,
    "format": _wrong_format,
    "pattern": _wrong_pattern,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "minLength": _empty,
    "minItems": _empty,
    "minProperties": _empty,
    "maxProperties": _too_many_keys,
    "uniqueItems": _repeated,
}
