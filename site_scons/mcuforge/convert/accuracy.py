"""The model on the data set of the manifest: before and after quantization, both on TensorFlow Lite Micro."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mcuforge.convert.confusion import Confusion, confusion
from mcuforge.convert.dataset import WHAT, inputs_of, wanted_outputs
from mcuforge.convert.labels import labels_of
from mcuforge.convert.metrics import Floats, Integers, drop, is_error, measure, predicted_classes
from mcuforge.convert.noise import LayerNoise, layer_noise, pairs, values
from mcuforge.emulate.oracle import Oracle
from mcuforge.emulate.vectors import recorded_vectors
from mcuforge.errors import Location, UserError
from mcuforge.manifest.types import Accuracy, Project
from mcuforge.model.graph import Graph
from mcuforge.model.reader import read_model

NOISE_EXAMPLES = 16
TIMEOUT_S = 900.0


@dataclass(frozen=True)
class ClassAccuracy:
    """Shares of a class's examples that are put into it; `exact` is the float model's, None where there is none."""

    label: str
    examples: int
    exact: float | None
    converted: float

    @property
    def drop(self) -> float:
        return (self.exact if self.exact is not None else 1.0) - self.converted


@dataclass(frozen=True)
class Assessment:
    """`exact` is the float model's result, None where the project starts from a .tflite file as it is.

    `classes` and `confusion` are there for top1 alone.
    """

    metric: str
    dataset: str
    examples: int
    exact: float | None
    converted: float
    classes: tuple[ClassAccuracy, ...]
    layers: tuple[LayerNoise, ...]
    confusion: Confusion | None = None

    @property
    def drop(self) -> float | None:
        return None if self.exact is None else round(drop(self.metric, self.exact, self.converted), 6)

    def to_json(self) -> str:
        """accuracy.json. `float` and `converted` are the metric of either model; classes and layers are for tools."""
        document = {
            "schema_version": 1,
            "metric": self.metric,
            "dataset": self.dataset,
            "examples": self.examples,
            "float": self.exact,
            "converted": self.converted,
            "drop": self.drop,
            "smaller_is_better": is_error(self.metric),
            "classes": [
                {"label": c.label, "examples": c.examples, "float": c.exact, "converted": c.converted}
                for c in self.classes
            ],
            "confusion": None if self.confusion is None else self.confusion.to_json(),
            "layers": [asdict(layer) for layer in self.layers],
        }
        return json.dumps(document, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Assessment:
        data = json.loads(text)
        return cls(
            data["metric"],
            data["dataset"],
            data["examples"],
            data["float"],
            data["converted"],
            tuple(ClassAccuracy(c["label"], c["examples"], c["float"], c["converted"]) for c in data["classes"]),
            tuple(_noise(layer) for layer in data["layers"]),
            None if data["confusion"] is None else Confusion.from_json(data["confusion"]),
        )


def _noise(data: dict[str, Any]) -> LayerNoise:
    return LayerNoise(**{**data, "reaches": tuple(data["reaches"]), "range": tuple(data["range"])})


@dataclass(frozen=True)
class _Run:
    """One model on the data set; `outputs` are real numbers [n, outputs]."""

    graph: Graph
    oracle: Oracle
    vectors: list[bytes]
    outputs: Floats


def assess(project: Project, converted: Path, exact: Path | None, folder: Path) -> Assessment:
    """`folder` takes temporary files. Raises UserError for data that does not fit, and when TFLM refuses a model."""
    accuracy = project.accuracy
    assert accuracy is not None
    deployed = _run(accuracy, converted, folder)
    reference = None if exact is None else _run(accuracy, exact, folder)
    rows, count = deployed.outputs.shape
    wanted = wanted_outputs(accuracy, rows, count)
    inputs = inputs_of(accuracy.dataset, rows) if accuracy.metric == "auc" else deployed.outputs
    found = None if reference is None else measure(accuracy.metric, reference.outputs, inputs, wanted)
    classes, matrix = _classified(project, deployed, reference, wanted) if accuracy.metric == "top1" else ((), None)
    return Assessment(
        metric=accuracy.metric,
        dataset=accuracy.dataset.name,
        examples=rows,
        exact=found,
        converted=measure(accuracy.metric, deployed.outputs, inputs, wanted),
        classes=classes,
        # A compressed model has other weights: layers cannot be compared.
        layers=_noise_of(deployed, reference) if reference is not None and project.compress is None else (),
        confusion=matrix,
    )


def _run(accuracy: Accuracy, model: Path, folder: Path) -> _Run:
    graph = read_model(model)
    if len(graph.main.outputs) != 1:
        raise UserError(
            f"the model has {len(graph.main.outputs)} outputs; its accuracy is measured on one",
            location=Location(model),
            hint="remove `accuracy:`, or export the model with the output that counts",
        )
    vectors = recorded_vectors(accuracy.dataset, graph, WHAT)
    oracle = Oracle(model, graph, folder, TIMEOUT_S)
    output = graph.main.tensors[graph.main.outputs[0]]
    rows = [values(output, data) for data in oracle.outputs(vectors)]
    return _Run(graph, oracle, vectors, np.stack(rows))


def _classified(
    project: Project, deployed: _Run, reference: _Run | None, wanted: Floats
) -> tuple[tuple[ClassAccuracy, ...], Confusion | None]:
    labels = labels_of(project)
    count = max(deployed.outputs.shape[1], 2)
    names = tuple(labels[at] if at < len(labels) else str(at) for at in range(count))
    after = predicted_classes(deployed.outputs)
    before = None if reference is None else predicted_classes(reference.outputs)
    return _classes(names, wanted, before, after), confusion(names, wanted, before, after)


def _classes(
    names: Sequence[str], wanted: Floats, before: Integers | None, after: Integers
) -> tuple[ClassAccuracy, ...]:
    """Those that the data set has examples of."""
    found = []
    for number in sorted({int(label) for label in wanted}):
        rows = wanted == number
        exact = None if before is None else round(float(np.mean(before[rows] == number)), 4)
        share = round(float(np.mean(after[rows] == number)), 4)
        found.append(ClassAccuracy(names[number], int(rows.sum()), exact, share))
    return tuple(found)


def _noise_of(deployed: _Run, reference: _Run) -> tuple[LayerNoise, ...]:
    """On examples spread over the data set. Of models with state every earlier inference would count: left out."""
    chosen = pairs(reference.graph, deployed.graph)
    if not chosen or any(tensor.is_state for tensor in deployed.graph.main.tensors):
        return ()
    exact = _traces(reference, sorted({pair.exact.index for pair in chosen}))
    quantized = _traces(deployed, sorted({pair.quantized.index for pair in chosen}))
    return layer_noise(chosen, exact, quantized)


def _traces(run: _Run, tensors: Sequence[int]) -> list[dict[int, bytes]]:
    spread = np.linspace(0, len(run.vectors) - 1, min(NOISE_EXAMPLES, len(run.vectors))).astype(int)
    vectors = [run.vectors[at] for at in spread]
    return run.oracle.tensors(vectors, tensors, last=len(vectors))
