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
    config.pluginmanager.register(_Tallies())


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist hands its tally to the process that sums up."""
    workeroutput = getattr(session.config, "workeroutput", None)
    if workeroutput is not None:
        workeroutput["compared"] = (COMPARED.outputs, COMPARED.bytes)


class _Tallies:
    """Hooks of pytest-xdist, which exist only where it is installed."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        outputs, size = getattr(node, "workeroutput", {}).get("compared", (0, 0))
        COMPARED.outputs += outputs
        COMPARED.bytes += size


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if COMPARED.outputs:
        terminalreporter.write_line(
            f"fidelity: {COMPARED.outputs:,} outputs ({COMPARED.bytes:,} bytes) compared with TensorFlow Lite Micro"
        )
