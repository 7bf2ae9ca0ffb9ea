""".tflite: a float model that is only to be quantized."""

from __future__ import annotations

from pathlib import Path

from mcuforge.convert.edge_model import EDGE_PACKAGES, EdgeModel, has_fully_connected
from mcuforge.convert.loader import Loader, Say, TrainedModel, register
from mcuforge.errors import Location, UserError
from mcuforge.model.graph import DType
from mcuforge.model.reader import read_model


@register
class TfliteLoader(Loader):
    format = "tflite"
    extra = "quantize"
    packages = EDGE_PACKAGES

    def inspect(self, source: Path) -> None:
        graph = read_model(source)
        for tensor in graph.main.tensors:
            if tensor.quantization is not None and tensor.dtype is not DType.FLOAT32:
                raise UserError(
                    f"the model is quantized already: {tensor.describe()}",
                    location=Location(source),
                    hint="remove `quantize:`, or start from the float model",
                )

    def has_dense_layers(self, source: Path) -> bool:
        return has_fully_connected(read_model(source))

    def load(self, source: Path, folder: Path, say: Say) -> TrainedModel:
        return EdgeModel(source, "the .tflite file as it is", source.read_bytes())
