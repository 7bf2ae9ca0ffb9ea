"""Options of the whole test suite, and what it says at its end."""

from __future__ import annotations

import hypothesis
import pytest

from tests.support.tally import COMPARED

DEFAULT_EXAMPLES = 30


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--examples",
        type=int,
        default=None,
        help=f"random examples of each property test (default: {DEFAULT_EXAMPLES}, always the same ones)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Without --examples, runs are short and repeatable; with it, every run looks somewhere else."""
    wanted: int | None = config.getoption("--examples")
    hypothesis.settings.register_profile(
        "mcuforge",
        max_examples=DEFAULT_EXAMPLES if wanted is None else wanted,
        derandomize=wanted is None,
        deadline=None,
        database=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large],
    )
    hypothesis.settings.load_profile("mcuforge")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if COMPARED.outputs:
        terminalreporter.write_line(
            f"fidelity: {COMPARED.outputs:,} outputs ({COMPARED.bytes:,} bytes) compared with TensorFlow Lite Micro"
        )
