"""accuracy.json in pictures: the metric, each class, and which classes are taken for which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mcuforge.report.names import printable

SHADES = 5
"""Steps of the heat; 0 is no shade."""
_PARTS = frozenset(("schema_version", "classes", "confusion", "layers"))


@dataclass(frozen=True)
class ClassRow:
    """Shares of a class's examples that are put into it. `mistaken` is what the others are taken for most often."""

    label: str
    examples: int
    exact: float | None
    converted: float
    mistaken: str

    @property
    def drop(self) -> float | None:
        return None if self.exact is None else self.exact - self.converted


@dataclass(frozen=True)
class HeatCell:
    """Examples of the row's class that are taken for the column's. `shade` 1 to SHADES by their share of the row."""

    count: int
    shade: int
    is_right: bool


@dataclass(frozen=True)
class HeatRow:
    label: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True)
class NoiseRow:
    """How well a layer's output survived quantization, in decibels; `loss` is what it lost itself."""

    label: str
    tensor: str
    sqnr: float
    loss: float


@dataclass(frozen=True)
class AccuracyView:
    """`scores` are plain values by name. `matrix` rows are true classes, columns (`labels`) predicted ones."""

    scores: tuple[tuple[str, str], ...]
    classes: tuple[ClassRow, ...]
    labels: tuple[str, ...]
    matrix: tuple[HeatRow, ...]
    noise: tuple[NoiseRow, ...]


def accuracy_view(document: Mapping[str, Any] | None) -> AccuracyView | None:
    """None where nobody measured it."""
    if not document:
        return None
    confusion = document.get("confusion") or {}
    counts: Sequence[Sequence[int]] = confusion.get("converted") or ()
    labels = tuple(printable(label, 30) for label in confusion.get("labels", ()))
    return AccuracyView(
        scores=tuple(_scores(document)),
        classes=tuple(_classes(document.get("classes") or (), labels, counts)),
        labels=labels,
        matrix=tuple(
            HeatRow(label, tuple(_cells(row, at))) for at, (label, row) in enumerate(zip(labels, counts, strict=True))
        ),
        noise=tuple(
            NoiseRow(layer["label"], printable(layer["tensor"], 60), layer["sqnr_db"], layer["loss_db"])
            for layer in document.get("layers") or ()
        ),
    )


def _scores(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in document.items():
        if name in _PARTS or value is None or isinstance(value, list | dict):
            continue
        if isinstance(value, bool):
            yield name.replace("_", " "), "yes" if value else "no"
        else:
            yield name.replace("_", " "), f"{value:,}" if isinstance(value, int) else str(value)


def _classes(
    classes: Sequence[Mapping[str, Any]], labels: Sequence[str], counts: Sequence[Sequence[int]]
) -> Iterator[ClassRow]:
    rows = dict(zip(labels, counts, strict=True))
    for item in classes:
        label = printable(item["label"], 30)
        mistaken = _mistaken(rows[label], labels, label) if label in rows else ""
        yield ClassRow(label, item["examples"], item["float"], item["converted"], mistaken)


def _mistaken(row: Sequence[int], labels: Sequence[str], own: str) -> str:
    """``no (12), go (3)``: the two classes that most of the wrong ones go to."""
    wrong = sorted((-count, label) for count, label in zip(row, labels, strict=True) if count and label != own)
    return ", ".join(f"{label} ({-count:,})" for count, label in wrong[:2])


def _cells(row: Sequence[int], own: int) -> Iterator[HeatCell]:
    """Any example at all gives a shade: a single mistake is to be seen."""
    total = sum(row)
    for at, count in enumerate(row):
        yield HeatCell(count, -(-SHADES * count // total) if total else 0, at == own)
