"""Headless Chromium over its own debugging pipe: loads a page, runs script in it, takes pictures. No driver needed.

Protocol: Chrome DevTools Protocol; JSON messages, each ended by a zero byte, on file descriptors 3 and 4.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars"),
)
_FAULTS = ("Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled")


def missing(reason: str) -> Any:
    """Skips the test; fails it where a browser is required, as in CI."""
    if os.environ.get("MCUFORGE_BROWSER") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass
class Page:
    """A tab. `faults` are errors and messages on its console; `requests` is every address it asked for."""

    _write: IO[bytes]
    _read: IO[bytes]
    session: str = ""
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    _calls: int = 0
    _loaded: bool = False

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of one command; what the browser reports meanwhile is kept."""
        self._calls += 1
        message = {"id": self._calls, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self._write.write(json.dumps(message).encode() + b"\0")
        self._write.flush()
        while True:
            answer = self._next()
            if answer.get("id") == self._calls:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def open(self, path: Path) -> None:
        self._loaded = False
        self.call("Page.navigate", url=path.as_uri())
        while not self._loaded:
            self._next()

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression; promises are waited for."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def look(self, width: int, height: int = 900, scheme: str = "light", media: str = "screen") -> None:
        """Sets the window's size in CSS pixels and the colours a person prefers."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)

    def picture(self, whole: bool = True) -> bytes:
        """A PNG of the page, or of what the window shows."""
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(answer["data"])

    def _next(self) -> dict[str, Any]:
        content = bytearray()
        while (byte := self._read.read(1)) != b"\0":
            assert byte, "Chromium ended"
            content += byte
        message: dict[str, Any] = json.loads(content)
        method = message.get("method", "")
        self._loaded = self._loaded or method == "Page.loadEventFired"
        if method in _FAULTS:
            self.faults.append(json.dumps(message["params"]))
        if method == "Network.requestWillBeSent":
            self.requests.append(message["params"]["request"]["url"])
        return message


@contextlib.contextmanager
def chromium() -> Iterator[Page]:
    """A browser with one empty tab and a profile of its own. Skips the test where there is none."""
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        missing("no Chromium: apt-get install chromium")
    to_browser, from_us = os.pipe()
    from_browser, to_us = os.pipe()
    with tempfile.TemporaryDirectory(prefix="mcuforge-chromium-", ignore_cleanup_errors=True) as profile:
        words = [str(program), *_QUIET, "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        # The pipes' numbers are fixed in the browser; a shell moves ours there.
        command = f"exec {shlex.join(words)} 3<&{to_browser} 4>&{to_us}"
        process = subprocess.Popen(
            ["bash", "-c", command], pass_fds=(to_browser, to_us), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(to_browser)
        os.close(to_us)
        with os.fdopen(from_us, "wb") as write, os.fdopen(from_browser, "rb") as read:
            try:
                yield _first_tab(Page(write, read))
            finally:
                with contextlib.suppress(OSError, AssertionError):
                    Page(write, read, _calls=10**6).call("Browser.close")
                process.wait(timeout=30)


def _first_tab(page: Page) -> Page:
    tabs = page.call("Target.getTargets")["targetInfos"]
    tab = next(info["targetId"] for info in tabs if info["type"] == "page")
    page.session = page.call("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
    for domain in ("Page", "Runtime", "Log", "Network"):
        page.call(f"{domain}.enable")
    return page
