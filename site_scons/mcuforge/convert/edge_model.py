"""Float .tflite models, wherever they come from: quantized by ai-edge-quantizer, without TensorFlow."""

from __future__ import annotations

import contextlib
import io as text_io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mcuforge.convert.loader import Floats, Input, Row, fixed_shape
from mcuforge.emulate.float32_copy import holds_float16
from mcuforge.errors import InternalError, Location, UserError
from mcuforge.model.graph import DType, Graph
from mcuforge.model.reader import parse_model

EDGE_PACKAGES = ("ai-edge-quantizer", "ai-edge-litert", "numpy")

_SIGNATURE = "serving_default"
_RECIPES = {"int8": "static_wi8_ai8", "int16x8": "static_wi8_ai16"}
# There is no ready-made one: the weights of every operator that can have them so, and nothing else.
_FLOAT16_RECIPE = [
    {
        "regex": ".*",
        "operation": "*",
        "algorithm_key": "float_casting",
        "op_config": {
            "weight_tensor_config": {"num_bits": 16, "dtype": "FLOAT"},
            "compute_precision": "FLOAT",
            "explicit_dequantize": True,
        },
    }
]
Predict = Callable[[Row], tuple[Floats, ...]]


class EdgeModel:
    """`data` is the float model; `predict` runs the framework that it came from, where there is one."""

    def __init__(self, source: Path, loader: str, data: bytes, predict: Predict | None = None) -> None:
        self.loader = loader
        self._source = source
        self._data = data
        self._predict = predict
        self._graph = parse_model(data, Location(source))
        self.inputs = _inputs(source, self._graph)

    def float_tflite(self) -> bytes:
        return self._data

    def predict(self, row: Row) -> tuple[Floats, ...] | None:
        return None if self._predict is None else self._predict(row)

    def quantized(self, scheme: str, io: str, calibration: Sequence[Row]) -> bytes:
        if scheme != "float16" and holds_float16(self._graph):
            raise UserError(
                "the model's weights are float16: they are rounded already",
                location=Location(self._source),
                hint="start from the float32 model, or write `scheme: float16`",
            )
        with contextlib.redirect_stdout(text_io.StringIO()):  # its progress bars and tables
            engine = _engine(_with_signature(self._data), scheme, io)
            try:
                ranges = None
                if engine.need_calibration:
                    ranges = _ranges(self._data, engine.get_quantization_recipe(), calibration)
                result = engine.quantize(ranges)
            except (RuntimeError, ValueError) as error:
                raise UserError(
                    f"ai-edge-quantizer does not quantize this model: {error}", location=Location(self._source)
                ) from error
        if result.quantized_model is None:
            raise InternalError("ai-edge-quantizer returned no model")
        return bytes(result.quantized_model)


def _engine(data: bytearray, scheme: str, io: str) -> Any:
    """The quantizer with its recipe set."""
    from ai_edge_quantizer import qtyping, quantizer, recipe

    if scheme == "float16":
        return quantizer.Quantizer(data, _FLOAT16_RECIPE)
    engine = quantizer.Quantizer(data, getattr(recipe, _RECIPES[scheme])())
    if io == "float32":
        for operator in (qtyping.TFLOperationName.INPUT, qtyping.TFLOperationName.OUTPUT):
            engine.update_quantization_recipe(
                regex=".*", operation_name=operator, algorithm_key=quantizer.AlgorithmName.NO_QUANTIZE
            )
    return engine


def _ranges(data: bytes, recipe: Any, calibration: Sequence[Row]) -> Any:
    """The least and greatest value of each tensor over all rows.

    The quantizer's own way is a moving average, which forgets: of rows that reach 1, some 0.6 stays.
    """
    from ai_edge_quantizer import calibrator, recipe_manager
    from ai_edge_quantizer.utils import qsv_utils

    recipes = recipe_manager.RecipeManager()
    recipes.load_quantization_recipe(recipe)
    observer = calibrator.Calibrator(_with_signature(data), num_threads=1, qsv_update_func=qsv_utils.min_max_update)
    fed = [dict(zip(_argument_names(len(row)), row, strict=True)) for row in calibration]
    observer.calibrate({_SIGNATURE: fed}, recipes)
    return observer.get_model_qsvs()


def _inputs(source: Path, graph: Graph) -> tuple[Input, ...]:
    found = []
    for index in graph.main.inputs:
        tensor = graph.main.tensors[index]
        if tensor.dtype is not DType.FLOAT32:
            raise UserError(
                f"the model is quantized already: {tensor.describe()}",
                location=Location(source),
                hint="remove `quantize:`, or start from the float model",
            )
        found.append(Input(tensor.name, fixed_shape(source, tensor.name, tensor.shape, "export it with a batch of 1")))
    return tuple(found)


def has_fully_connected(graph: Graph) -> bool:
    return any(op.kind == "FULLY_CONNECTED" for subgraph in graph.subgraphs for op in subgraph.operators)


def _argument_names(count: int) -> list[str]:
    return [f"x{position}" for position in range(count)]


def _with_signature(data: bytes) -> bytearray:
    """The model with one signature whose names are ours: calibration needs one, and not every converter writes it."""
    from ai_edge_litert import schema_py_generated as schema
    from ai_edge_litert.tools import flatbuffer_utils

    model = flatbuffer_utils.read_model_from_bytearray(bytearray(data))
    main = model.subgraphs[0]
    signature = schema.SignatureDefT()
    signature.signatureKey = _SIGNATURE.encode()
    signature.subgraphIndex = 0
    signature.inputs = _tensor_map(schema, _argument_names(len(main.inputs)), main.inputs)
    signature.outputs = _tensor_map(schema, [f"y{position}" for position in range(len(main.outputs))], main.outputs)
    model.signatureDefs = [signature]
    return bytearray(flatbuffer_utils.convert_object_to_bytearray(model))


def _tensor_map(schema: Any, names: Sequence[str], indices: Sequence[int]) -> list[Any]:
    entries = []
    for name, index in zip(names, indices, strict=True):
        entry = schema.TensorMapT()
        entry.name, entry.tensorIndex = name.encode(), int(index)
        entries.append(entry)
    return entries
