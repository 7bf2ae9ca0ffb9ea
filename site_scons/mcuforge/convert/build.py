"""One project's conversion, from the cache where the same was converted before."""

from __future__ import annotations

import hashlib
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from mcuforge.convert.cache import ConversionCache, cache_root, job_key
from mcuforge.convert.job import FACTS_FILE, FLOAT_FILE, MODEL_FILE, Facts, Job, job_of
from mcuforge.convert.loader import loaders_by_format, takes_as_it_is, versions
from mcuforge.convert.session import convert, inspect, require_extra
from mcuforge.manifest.load import check_sha256
from mcuforge.manifest.types import Project
from mcuforge.resources import write_atomic

DEFAULT_TIMEOUT_S = 900.0


@dataclass(frozen=True)
class Conversion:
    """`seconds` is None when it came from the cache."""

    job: Job
    facts: Facts
    seconds: float | None

    def summary(self) -> str:
        if takes_as_it_is(self.job):
            return f"{self.job.source.name}: its model is taken as it is"
        what = "float32" if self.job.scheme == "none" else self.job.scheme
        how = "from the cache" if self.seconds is None else f"{self.seconds:.0f} s"
        return f"{self.job.source.name} → {what}, opened with {self.facts.loader} ({how})"


def build_model(
    project: Project, output: Path, timeout_s: float = DEFAULT_TIMEOUT_S, *, use_cache: bool = True
) -> Conversion:
    """model.tflite, float.tflite and convert.json in `output`. Raises UserError."""
    check_sha256(project)
    job, start = job_of(project), time.monotonic()
    cache, key = ConversionCache(cache_root()), job_key(job, versions(job))
    facts = cache.take(key, output) if use_cache else None
    if facts is not None:
        return Conversion(job, facts, None)
    if takes_as_it_is(job):
        facts = _take(job, output)
    else:
        inspect(job)
        require_extra(job)
        facts = convert(job, output, timeout_s)
    cache.keep(key, output)
    return Conversion(job, facts, time.monotonic() - start)


def _take(job: Job, output: Path) -> Facts:
    """The model that the source holds; there is no other that would be the float one."""
    loader = loaders_by_format()[job.format]
    data, notes = loader.held_tflite(job.source), loader.notes(job.source)
    for name in (FLOAT_FILE, MODEL_FILE):
        write_atomic(output / name, data)
    digest = hashlib.sha256(data).hexdigest()
    facts = Facts("nothing: it holds the model", {}, sha256=digest, float_sha256=digest, parity=None, notes=notes)
    write_atomic(output / FACTS_FILE, facts.to_json())
    return facts


def tflite_file(project: Project) -> Path:
    """The .tflite file of a project, for what needs the model without a build: its own, or the one in the cache.

    Raises UserError as build_model does.
    """
    if not project.is_converted:
        return project.model.source
    job = job_of(project)
    cache = ConversionCache(cache_root())
    folder = cache.folder(job_key(job, versions(job)))
    if cache.read(folder) is None:
        with tempfile.TemporaryDirectory(prefix="mcuforge-model-") as name:
            build_model(project, Path(name))
    return folder / MODEL_FILE
