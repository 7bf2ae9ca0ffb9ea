"""Every layer of the five MLPerf Tiny models, byte for byte against TFLM's intermediate tensors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.support.kernel_harness import assert_equal_bytes, parse, run_graph, tflm_tensors
from tests.support.reference_models import reference_model_params

pytestmark = [pytest.mark.fidelity, pytest.mark.slow]


@pytest.mark.parametrize("path", reference_model_params())
def test_every_layer_equals_tflm(path: Path) -> None:
    model = path.read_bytes()
    graph = parse(model)
    rng = np.random.default_rng(7)
    inputs = [rng.integers(-128, 128, graph.main.tensors[index].shape).astype(np.int8) for index in graph.main.inputs]
    ours = run_graph(graph, inputs)
    theirs = tflm_tensors(model, inputs, list(ours))
    for index, value in ours.items():
        assert_equal_bytes(value, theirs[index].reshape(value.shape), graph.main.tensors[index].describe())
