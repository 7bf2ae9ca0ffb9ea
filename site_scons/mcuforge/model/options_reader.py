"""An operator's options: from the union in the .tflite file to the dataclass its file in model/ops declares."""

from __future__ import annotations

import enum
import math
from dataclasses import fields
from typing import Any

from mcuforge.model.flatbuffer import Field, Table
from mcuforge.model.operator_kind import NO_OPTIONS, OperatorKind
from mcuforge.model.schema import OperatorTable


def read_options(operator: Table, kind: OperatorKind) -> Any:
    """The kind's options dataclass, defaults where the file says nothing; None when the kind has no options.

    Raises UserError for a table of another operator, for values an enumeration does not have, and for NaN or infinity.
    """
    if kind.options_type == NO_OPTIONS:
        return None
    found = operator.integer(OperatorTable.BUILTIN_OPTIONS_TYPE, "uint8")
    if found not in (NO_OPTIONS, kind.options_type):
        raise operator.error(f"its options are of type {found}; {kind.name} has type {kind.options_type}")
    if kind.options is None:
        return None
    table = None
    if found != NO_OPTIONS:
        table = operator.table(OperatorTable.BUILTIN_OPTIONS, f"options of {operator.label}")
    if table is None:
        return kind.options()
    return kind.options(**{item.name: _read_option(table, item) for item in fields(kind.options)})


def _read_option(table: Table, item: Any) -> Any:
    """One field of an options dataclass, which `operator_kind.option` made."""
    field = Field(item.metadata["slot"], item.name)
    wire: str = item.metadata["kind"]
    if not table.has(field):
        return item.default
    if wire == "string":
        return table.string(field)
    if wire.startswith("["):
        return table.vector(field, wire.strip("[]"))
    value = table.scalar(field, wire, item.default)
    if isinstance(value, float) and not math.isfinite(value):
        raise table.error(f"`{item.name}` is {value}; it must be a finite number")
    if isinstance(item.default, enum.Enum):
        return _to_enum(table, item.name, type(item.default), value)
    return value


def _to_enum(table: Table, name: str, kind: type[enum.Enum], value: int) -> enum.Enum:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(f"{member.value} {member.name}" for member in kind)
        raise table.error(f"`{name}` is {value}, which is none of: {known}") from None
