"""Train the wine network, write it as ONNX, and everything else this folder commits.

    python train.py           write the files
    python train.py --check   write them into a temporary folder instead, then compare with the committed ones

Needs the package's `train` and `emulate` extras.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from mcuforge.convert.recipe import main, write_results

HERE = Path(__file__).resolve().parent
HIDDEN = (16, 8)
STEPS = 300
LEARNING_RATE = 1e-2
WEIGHT_DECAY = 1e-2
OPSET = 18
GOLDEN_EXAMPLES = 16
SEED = 1

Array = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


def analyses() -> tuple[Array, Array, Labels, Labels]:
    """scikit-learn's wine recognition data: train and test rows of 13 measurements, then their cultivars.

    Standardised with the training rows' mean and deviation: proline in hundreds beside a hue of about 1 would leave an
    int8 input with nothing to tell the hue by. Half is held out, the same share of each cultivar.
    """
    wine = load_wine()
    x_train, x_test, y_train, y_test = train_test_split(
        wine.data, wine.target, test_size=0.5, random_state=SEED, stratify=wine.target
    )
    scaler = StandardScaler().fit(x_train)
    parts = (scaler.transform(part).astype(np.float32) for part in (x_train, x_test))
    return (*parts, y_train.astype(np.int64), y_test.astype(np.int64))


def train(x: Array, y: Labels) -> torch.nn.Sequential:
    """Fully connected layers with ReLU between them; the whole set in every step."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    widths = (x.shape[1], *HIDDEN, int(y.max()) + 1)
    layers = [torch.nn.Linear(before, after) for before, after in pairwise(widths)]
    network = torch.nn.Sequential(*(step for layer in layers for step in (layer, torch.nn.ReLU())))[:-1]
    optimizer = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    loss = torch.nn.CrossEntropyLoss(label_smoothing=0.05)
    # Copied: sums over memory of another alignment come in another order.
    inputs, labels = torch.tensor(x), torch.tensor(y)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss(network(inputs), labels).backward()
        optimizer.step()
    return network


def as_onnx(network: torch.nn.Sequential) -> onnx.ModelProto:
    """Gemm and Relu for each hidden layer, Gemm and Softmax at the end; batches of any size."""
    linear = [layer for layer in network if isinstance(layer, torch.nn.Linear)]
    nodes, constants, last = [], [], "analysis"
    for at, layer in enumerate(linear):
        constants += [
            onnx.numpy_helper.from_array(layer.weight.detach().numpy(), f"weights{at}"),
            onnx.numpy_helper.from_array(layer.bias.detach().numpy(), f"bias{at}"),
        ]
        is_last = at == len(linear) - 1
        nodes.append(onnx.helper.make_node("Gemm", [last, f"weights{at}", f"bias{at}"], [f"sum{at}"], transB=1))
        last = "cultivar" if is_last else f"hidden{at}"
        nodes.append(onnx.helper.make_node("Softmax" if is_last else "Relu", [f"sum{at}"], [last]))
    kind = onnx.TensorProto.FLOAT
    inputs = [onnx.helper.make_tensor_value_info("analysis", kind, ["n", linear[0].in_features])]
    outputs = [onnx.helper.make_tensor_value_info("cultivar", kind, ["n", linear[-1].out_features])]
    graph = onnx.helper.make_graph(nodes, "wine", inputs, outputs, constants)
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", OPSET)], ir_version=10)


def write(folder: Path) -> None:
    """Everything that is committed, into a folder that holds project.yaml already."""
    x_train, x_test, y_train, y_test = analyses()
    onnx.save(as_onnx(train(x_train, y_train)), folder / "wine.onnx")
    np.savez_compressed(folder / "calibration.npz", x=x_train)
    np.savez_compressed(folder / "test.npz", x=x_test, y=y_test)
    np.savez_compressed(folder / "golden.npz", x=x_test[:GOLDEN_EXAMPLES])
    write_results(folder)


if __name__ == "__main__":
    sys.exit(main(write, HERE, __doc__))
