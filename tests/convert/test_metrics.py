"""The metrics, against their definitions written out."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcuforge.convert.confusion import MAX_CLASSES, Confusion, confusion
from mcuforge.convert.metrics import anomaly_scores, drop, measure, predicted_classes

SCORED = st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=2, max_size=40)


@given(SCORED)
def test_auc_is_how_often_a_one_scores_above_a_zero(rows: list[tuple[int, bool]]) -> None:
    scores, labels = np.array([score for score, _ in rows], float), np.array([label for _, label in rows], float)
    ones, zeros = scores[labels == 1], scores[labels == 0]
    if not len(ones) or not len(zeros):
        return
    pairs = [1.0 if one > zero else 0.5 if one == zero else 0.0 for one in ones for zero in zeros]
    assert measure("auc", scores[:, np.newaxis], scores[:, np.newaxis], labels) == pytest.approx(
        np.mean(pairs), abs=1e-6
    )


def test_a_single_output_is_the_probability_of_class_1() -> None:
    assert predicted_classes(np.array([[0.4], [0.6]])).tolist() == [0, 1]


def test_of_equal_classes_the_first_counts() -> None:
    assert predicted_classes(np.array([[0.5, 0.5, 0.0]])).tolist() == [0]


def test_what_gives_back_its_input_is_scored_by_how_badly_it_does() -> None:
    inputs = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]])
    outputs = inputs + np.array([[0.0], [2.0]])
    assert anomaly_scores(outputs, inputs).tolist() == [0.0, 4.0]


def test_of_two_outputs_the_second_is_the_probability_of_class_1() -> None:
    outputs = np.array([[0.9, 0.1], [0.2, 0.8]])
    assert anomaly_scores(outputs, np.zeros((2, 5))).tolist() == [0.1, 0.8]


def test_errors_and_cosine_of_known_outputs() -> None:
    outputs, wanted = np.array([[3.0, 4.0], [0.0, 0.0]]), np.array([[4.0, 3.0], [1.0, 0.0]])
    assert measure("mae", outputs, outputs, wanted) == 0.75
    assert measure("rmse", outputs, outputs, wanted) == pytest.approx(np.sqrt(0.75), abs=1e-6)
    assert measure("cosine", outputs, outputs, wanted) == pytest.approx((24 / 25 + 0) / 2)


def test_a_drop_is_positive_when_scores_fall_and_when_errors_grow() -> None:
    assert drop("top1", 0.9, 0.8) == pytest.approx(0.1)
    assert drop("rmse", 0.1, 0.3) == pytest.approx(0.2)


def test_confusion_counts_examples_by_true_and_predicted_class() -> None:
    wanted, exact = np.array([0.0, 1, 1, 2, 1]), np.array([0, 1, 1, 2, 1])
    found = confusion(("a", "b", "c", "d"), wanted, exact, np.array([0, 1, 2, 0, 2]))
    assert found is not None and found.labels == ("a", "b", "c", "d")
    assert found.converted == ((1, 0, 0, 0), (0, 1, 2, 0), (1, 0, 0, 0), (0, 0, 0, 0))
    assert found.exact == ((1, 0, 0, 0), (0, 3, 0, 0), (0, 0, 1, 0), (0, 0, 0, 0))
    assert Confusion.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_confusion_of_very_many_classes_is_left_out() -> None:
    names = tuple(map(str, range(MAX_CLASSES + 1)))
    assert confusion(names, np.zeros(1), None, np.zeros(1, np.int64)) is None
