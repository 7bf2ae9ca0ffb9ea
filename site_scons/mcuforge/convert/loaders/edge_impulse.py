"""Edge Impulse C++ library exports: the .tflite model in them, taken as it is, or quantized where it is float."""

from __future__ import annotations

from pathlib import Path

from mcuforge.convert.edge_model import EDGE_PACKAGES, EdgeModel, has_fully_connected
from mcuforge.convert.loader import Loader, Say, TrainedModel, register
from mcuforge.errors import Location
from mcuforge.model.edge_impulse import read_edge_impulse
from mcuforge.model.reader import parse_model


@register
class EdgeImpulseLoader(Loader):
    format = "edge_impulse"
    extra = "quantize"
    packages = EDGE_PACKAGES
    holds_tflite = True

    def inspect(self, source: Path) -> None:
        read_edge_impulse(source)

    def has_dense_layers(self, source: Path) -> bool:
        return has_fully_connected(parse_model(self.held_tflite(source), Location(source)))

    def held_tflite(self, source: Path) -> bytes:
        return read_edge_impulse(source).model

    def notes(self, source: Path) -> tuple[str, ...]:
        scaling = read_edge_impulse(source).image_scaling
        if scaling is None:
            return ()
        return (f"Edge Impulse scales pixels ({scaling}) before this model: your application has to",)

    def load(self, source: Path, folder: Path, say: Say) -> TrainedModel:
        return EdgeModel(source, "the model in an Edge Impulse export", self.held_tflite(source))
