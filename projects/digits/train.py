"""Train the digits network in PyTorch and write everything this folder commits that was not written by hand.

    python train.py           write the files
    python train.py --check   write them into a temporary folder instead, then compare with the committed ones

Needs the package's `train` and `emulate` extras.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from mcuforge.convert.recipe import main, write_results

HERE = Path(__file__).resolve().parent
CLASSES = 10
GREY_LEVELS = 16.0
EPOCHS = 40
BATCH = 64
LEARNING_RATE = 3e-3
CALIBRATION_EXAMPLES = 128
GOLDEN_EXAMPLES = 16
SEED = 1

Array = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


class DigitsNet(torch.nn.Module):
    """Images [n, 1, 8, 8] → probabilities [n, 10]."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 12, 3, padding=1)
        self.conv2 = torch.nn.Conv2d(12, 24, 3, padding=1)
        self.pool = torch.nn.MaxPool2d(2)
        self.scores = torch.nn.Linear(24 * 2 * 2, CLASSES)

    def logits(self, x: torch.Tensor) -> torch.Tensor:
        x = self.pool(torch.relu(self.conv1(x)))
        x = self.pool(torch.relu(self.conv2(x)))
        return self.scores(x.flatten(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.softmax(self.logits(x), dim=1)


def images() -> tuple[Array, Array, Labels, Labels]:
    """scikit-learn's handwritten digits, 1,797 of 8 × 8 pixels in [0, 1]: train and test images, then their labels.

    A third is held out, the same share of each digit.
    """
    digits = load_digits()
    x = (digits.images / GREY_LEVELS).astype(np.float32)[:, np.newaxis]
    parts = train_test_split(x, digits.target, test_size=1 / 3, random_state=SEED, stratify=digits.target)
    return parts[0], parts[1], parts[2].astype(np.int64), parts[3].astype(np.int64)


def train(x: Array, y: Labels) -> DigitsNet:
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    model = DigitsNet()
    optimizer = torch.optim.Adam(model.parameters(), LEARNING_RATE)
    steps = EPOCHS * -(-len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    loss = torch.nn.CrossEntropyLoss(label_smoothing=0.05)
    # Copied: sums over memory of another alignment come in another order.
    inputs, labels = torch.tensor(x), torch.tensor(y)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            loss(model.logits(inputs[rows]), labels[rows]).backward()
            optimizer.step()
            schedule.step()
    return model.eval()


def exported(model: DigitsNet) -> torch.export.ExportedProgram:
    """Without the places in source files that PyTorch notes: paths on the machine that trains."""
    program = torch.export.export(model, (torch.zeros(1, 1, 8, 8),))
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)
    return program


def write(folder: Path) -> None:
    """Everything that is committed, into a folder that holds project.yaml already."""
    x_train, x_test, y_train, y_test = images()
    model = train(x_train, y_train)
    torch.export.save(exported(model), folder / "digits.pt2")
    np.savez_compressed(folder / "calibration.npz", x=x_train[:CALIBRATION_EXAMPLES])
    np.savez_compressed(folder / "test.npz", x=x_test, y=y_test)
    np.savez_compressed(folder / "golden.npz", x=x_test[:GOLDEN_EXAMPLES])
    write_results(folder)


if __name__ == "__main__":
    sys.exit(main(write, HERE, __doc__))
