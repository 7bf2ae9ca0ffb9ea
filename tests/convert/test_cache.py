"""Conversions by content: the second one is a copy, and what is damaged or different is converted again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mcuforge.convert.build import build_model, tflite_file
from mcuforge.convert.cache import job_key
from mcuforge.convert.job import Facts, Job, job_of
from tests.convert.models import classifier_project, examples
from tests.support.extras import require_extra

require_extra("quantize")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MCUFORGE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_same_is_converted_once(tmp_path: Path) -> None:
    project = classifier_project(tmp_path)
    first, second = build_model(project, tmp_path / "a"), build_model(project, tmp_path / "b")
    assert first.seconds is not None and second.seconds is None
    assert first.facts == second.facts
    for name in ("model.tflite", "float.tflite", "convert.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert "(from the cache)" in second.summary()


def test_a_damaged_entry_is_converted_again(tmp_path: Path, own_cache: Path) -> None:
    project = classifier_project(tmp_path)
    build_model(project, tmp_path / "a")
    (entry,) = own_cache.glob("models/*/model.tflite")
    entry.write_bytes(entry.read_bytes()[:-1])
    assert build_model(project, tmp_path / "b").seconds is not None
    assert (tmp_path / "a" / "model.tflite").read_bytes() == (tmp_path / "b" / "model.tflite").read_bytes()


def test_other_calibration_data_and_other_versions_are_another_conversion(tmp_path: Path) -> None:
    job = job_of(classifier_project(tmp_path))
    key = job_key(job, {"numpy": "1"})
    assert job_key(job, {"numpy": "1"}) == key != job_key(job, {"numpy": "2"})
    np.savez(tmp_path / "calibration.npz", x=examples(seed=9)[0])
    assert job_key(job, {"numpy": "1"}) != key


def test_another_scheme_is_another_conversion(tmp_path: Path) -> None:
    job = job_of(classifier_project(tmp_path))
    others = [
        replace(job, scheme="int16x8"),
        replace(job, io="float32"),
        replace(job, compress={"batch": 8, "data": ""}),
    ]
    assert len({json.dumps(one.settings, sort_keys=True) for one in (job, *others)}) == 4
    assert job_key(job, {}) != job_key(others[0], {}) != job_key(others[1], {})


def test_where_files_lie_does_not_matter(tmp_path: Path) -> None:
    keys = set()
    for name in ("one", "another place"):
        (tmp_path / name).mkdir()
        keys.add(job_key(job_of(classifier_project(tmp_path / name)), {}))
    assert len(keys) == 1


def test_a_model_without_a_build_comes_from_the_cache(tmp_path: Path, own_cache: Path) -> None:
    file = tflite_file(classifier_project(tmp_path))
    assert file.is_relative_to(own_cache) and file.read_bytes()[4:8] == b"TFL3"


def test_jobs_and_facts_survive_their_files(tmp_path: Path) -> None:
    job = job_of(classifier_project(tmp_path))
    assert Job.from_json(job.to_json()) == job
    facts = Facts("Keras", {"keras": "3"}, "ab", "cd", 1e-6, ("a note",), {"sparsity": 0.5})
    assert Facts.from_json(facts.to_json()) == facts
