"""Damaged models in a size for CI: no traceback, no stage over its time, no sanitizer's report."""

from __future__ import annotations

import pytest

from mcuforge.errors import UserError
from mcuforge.runtimes.aot.lower import lower
from tests.fuzz import stages
from tests.fuzz.mutate import SPECIMENS, fuzz, run_sanitized
from tests.fuzz.stages import GENERATED, REFUSED_BY_CHECKS, REFUSED_BY_READER, TooSlowError, exercise
from tests.state import models
from tests.support.generated_model import parse
from tests.support.kernel_harness import NO_FEATURES
from tests.support.tflite_builder import pack

pytestmark = pytest.mark.slow

DAMAGES = 120
COMPILED_OF = 6


@pytest.mark.parametrize("chosen", SPECIMENS)
def test_damaged_models_are_refused_or_generated_and_run_soundly(chosen: str) -> None:
    found = SPECIMENS[chosen]()
    if not found:
        pytest.skip("the reference models are not in ../shared/models")
    findings = fuzz(found, range(DAMAGES), compile_every=COMPILED_OF)
    assert not findings.failures, next(iter(findings.failures.values()))
    assert set(findings.outcomes) == {REFUSED_BY_READER, REFUSED_BY_CHECKS, GENERATED}
    assert findings.outcomes.total() == DAMAGES and findings.runs > 0


def test_the_same_number_is_the_same_damage() -> None:
    (specimen, *_) = SPECIMENS["stateful"]()
    assert specimen.damaged(11) == specimen.damaged(11) != specimen.damaged(12)


def test_a_stage_that_hangs_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*arguments: object) -> None:
        while True:
            pass

    monkeypatch.setattr(stages, "prepare", hang)
    monkeypatch.setattr(stages, "LIMIT_S", 0.05)
    with pytest.raises(TooSlowError, match="checking took more than"):
        exercise(pack(models.branch().object))


def test_a_program_that_a_sanitizer_stops_is_noticed() -> None:
    lowered = lower(parse(pack(models.branch().object)), NO_FEATURES)
    object.__setattr__(lowered.plan, "arena_bytes", 16)
    with pytest.raises(UserError, match=r"was ended|ended with exit code"):
        run_sanitized(lowered)
