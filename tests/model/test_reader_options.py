"""Options: what the files in model/ops declare is what the schema says, and what a file holds is what is read."""

from __future__ import annotations

import enum
import inspect
import re
from dataclasses import Field, dataclass, fields
from typing import Any, NamedTuple

import pytest

from mcuforge.model.builtin_codes import BUILTIN_NAMES
from mcuforge.model.graph import Graph
from mcuforge.model.operator_kind import OperatorKind, operator_kinds, option
from tests.model.sound_model import read, rejection
from tests.support.tflite_builder import ModelBuilder, options_object, pack, schema

KINDS = [pytest.param(kind, id=name) for name, kind in operator_kinds().items()]
KINDS_WITH_OPTIONS = [pytest.param(kind, id=name) for name, kind in operator_kinds().items() if kind.options]


class SchemaField(NamedTuple):
    attribute: str
    kind: str
    default: Any


def schema_fields(table_name: str) -> dict[int, SchemaField]:
    """Slot → field of an options table, from the functions that the schema's compiler wrote to store each field."""
    found = {}
    for name, function in vars(schema).items():
        if name.startswith(f"{table_name}Add"):
            source = inspect.getsource(function)
            wire, slot, argument, default = re.findall(r"Prepend(\w+)Slot\((\d+), (.+), ([^,]+)\)", source)[0]
            attribute = re.findall(r"\w+", argument)[-1]
            is_vector = f"{table_name}Start{name.removeprefix(f'{table_name}Add')}Vector" in vars(schema)
            kind = "vector" if is_vector else wire.lower().replace("uoffsettrelative", "string")
            found[int(slot)] = SchemaField(attribute, kind, default)
    return found


def model_with(kind: str, options: Any, union: int | None = None) -> Any:
    """A `ModelT` with one operator that has the given options table."""
    model = ModelBuilder()
    x, y = model.tensor("x", (1,), "INT8"), model.tensor("y", (1,), "INT8")
    model.operator(kind, [x], [y], None)
    tree = model.to_object([x], [y])
    operator = tree.subgraphs[0].operators[0]
    operator.builtinOptions = options
    operator.builtinOptionsType = options_object(kind, {})[0] if union is None else union
    return tree


def read_options(tree: Any) -> Any:
    graph: Graph = read(pack(tree))
    return graph.main.operators[0].options


def another_value(item: Field[Any]) -> Any:
    """A value that the option's type has and that is not its default."""
    if isinstance(item.default, enum.Enum):
        return next(member for member in type(item.default) if member is not item.default)
    kind = item.metadata["kind"]
    if kind.startswith("["):
        return (3, 1, 4)
    if kind == "string":
        return "text"
    return not item.default if kind == "bool" else item.default + (0.5 if kind == "float32" else 1)


@pytest.mark.parametrize("kind", KINDS)
def test_kind_has_the_code_and_union_number_of_the_schema(kind: OperatorKind) -> None:
    assert BUILTIN_NAMES[kind.code] == kind.name
    if kind.options_type:
        assert kind.options_type == options_object(kind.name, {})[0]


@pytest.mark.parametrize("kind", KINDS_WITH_OPTIONS)
def test_declared_options_match_the_schema(kind: OperatorKind) -> None:
    assert kind.options is not None
    declared = schema_fields(type(options_object(kind.name, {})[1]).__name__.removesuffix("T"))
    for item in fields(kind.options):
        expected = declared[item.metadata["slot"]]
        if expected.kind == "vector":
            assert item.metadata["kind"].startswith("[")
        elif expected.kind == "string":
            # The table stores an offset, 0 where there is no text.
            assert (item.metadata["kind"], item.default, expected.default) == ("string", "", "0")
        else:
            default: Any = item.default
            assert item.metadata["kind"] == expected.kind
            assert float(default) == float(expected.default.replace("False", "0").replace("True", "1"))


@pytest.mark.parametrize("kind", KINDS_WITH_OPTIONS)
def test_every_declared_option_is_read(kind: OperatorKind) -> None:
    assert kind.options is not None
    _, table = options_object(kind.name, {})
    declared = schema_fields(type(table).__name__.removesuffix("T"))
    values = {item.name: another_value(item) for item in fields(kind.options)}
    for item in fields(kind.options):
        value = values[item.name]
        setattr(table, declared[item.metadata["slot"]].attribute, list(value) if isinstance(value, tuple) else value)
    assert read_options(model_with(kind.name, table)) == kind.options(**values)


@pytest.mark.parametrize("kind", KINDS_WITH_OPTIONS)
def test_missing_options_table_gives_the_defaults(kind: OperatorKind) -> None:
    assert kind.options is not None
    assert read_options(model_with(kind.name, None, union=0)) == kind.options()


class Mode(enum.IntEnum):
    SLOW = 0
    FAST = 1


@dataclass(frozen=True)
class ProbeOptions:
    mode: Mode = option(1, "int8", Mode.SLOW)
    alpha: float = option(0, "float32", 0.0)


class Probe(OperatorKind):
    """A kind of our own over LEAKY_RELU's table, whose one field is a float in slot 0."""

    name = "LEAKY_RELU"
    code = 98
    options = ProbeOptions
    options_type = schema.BuiltinOptions.LeakyReluOptions


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mcuforge.model.reader.operator_kinds", lambda: {Probe.name: Probe()})


@pytest.mark.usefixtures("probe")
def test_field_beyond_the_vtable_has_its_default() -> None:
    assert read_options(model_with("LEAKY_RELU", schema.LeakyReluOptionsT(alpha=0.5))) == ProbeOptions(Mode.SLOW, 0.5)


@pytest.mark.usefixtures("probe")
def test_options_of_another_operator_are_refused() -> None:
    error = rejection(pack(model_with("LEAKY_RELU", schema.SoftmaxOptionsT(beta=1.0), union=9)))
    assert error.message == "layer 0 LEAKY_RELU: its options are of type 9; LEAKY_RELU has type 75"


@pytest.mark.usefixtures("probe")
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_float_option_must_be_finite(value: float) -> None:
    error = rejection(pack(model_with("LEAKY_RELU", schema.LeakyReluOptionsT(alpha=value))))
    assert error.message == f"options of layer 0 LEAKY_RELU: `alpha` is {value}; it must be a finite number"


@pytest.mark.usefixtures("probe")
def test_value_that_an_enumeration_does_not_have_is_refused() -> None:
    # CastOptions has two int8 fields; the second lies in the slot of `mode`.
    table = schema.CastOptionsT(inDataType=0, outDataType=7)
    error = rejection(pack(model_with("LEAKY_RELU", table, union=Probe.options_type)))
    assert error.message == "options of layer 0 LEAKY_RELU: `mode` is 7, which is none of: 0 SLOW, 1 FAST"


def test_operator_without_a_file_in_ops_has_no_options() -> None:
    assert read_options(model_with("BUCKETIZE", schema.BucketizeOptionsT(boundaries=[1.0]))) is None
