"""Chromium without a window, driven through its DevTools: pages, keys, scripts and what they cost.

Belongs here: starting it, and the few commands that tests of the search need. Does not belong here: any expectation.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

_Made = TypeVar("_Made")
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)
_CODES = {"ArrowDown": 40, "ArrowUp": 38, "Enter": 13, "Escape": 27}
_WAIT_SECONDS = 60


class Tab:
    """A tab."""

    def __init__(self, socket: Any) -> None:
        self._socket, self._number = socket, 0
        self.requests: list[str] = []
        """Addresses that were asked for."""
        self.errors: list[str] = []
        """Errors of scripts, and what the policy of a page refused."""

    async def call(self, method: str, **parameters: Any) -> Any:
        """A command of the protocol and its answer."""
        self._number += 1
        await self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            message = json.loads(await self._socket.recv())
            if message.get("id") == self._number:
                assert "error" not in message, message
                return message["result"]
            if message["method"] == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])
            if message["method"] in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.errors.append(json.dumps(message["params"]))

    async def js(self, expression: str) -> Any:
        """The value of an expression in the page."""
        answer = await self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def until(self, expression: str) -> None:
        """Wait until an expression is true."""
        for _ in range(_WAIT_SECONDS * 20):
            if await self.js(f"Boolean({expression})"):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"never: {expression}")

    async def go(self, address: str) -> None:
        """Open a page."""
        await self.call("Page.navigate", url=address)
        await self.until("document.readyState === 'complete'")

    async def press(self, key: str) -> None:
        """Press a key."""
        typed = {"text": key} if len(key) == 1 else {"windowsVirtualKeyCode": _CODES[key]}
        await self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **typed)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def milliseconds(self) -> float:
        """Processor time of the page so far; other programs on the machine make no difference to it."""
        metrics = (await self.call("Performance.getMetrics"))["metrics"]
        found: float = {one["name"]: one["value"] for one in metrics}["TaskDuration"] * 1000
        return found


def in_browser(folder: Path, work: Callable[[Tab], Awaitable[_Made]]) -> _Made:
    """Run something in a new tab.

    Args:
        folder: Folder for the browser's own files.
        work: What is done in the tab.
    """
    return asyncio.run(_run(folder, work))


async def _run(folder: Path, work: Callable[[Tab], Awaitable[_Made]]) -> _Made:
    from websockets.asyncio.client import connect

    process = await asyncio.create_subprocess_exec(
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
        f"--user-data-dir={folder}", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        said = folder / "DevToolsActivePort"
        for _ in range(_WAIT_SECONDS * 20):
            if said.is_file() and said.read_text().count("\n"):
                break
            await asyncio.sleep(0.05)
        port, browser = said.read_text().split("\n")[:2]
        async with connect(f"ws://127.0.0.1:{port}{browser}", max_size=None) as control:
            made = Tab(control)
            target = (await made.call("Target.createTarget", url="about:blank"))["targetId"]
        async with connect(f"ws://127.0.0.1:{port}/devtools/page/{target}", max_size=None) as socket:
            tab = Tab(socket)
            for domain in ("Page", "Runtime", "Network", "Log"):
                await tab.call(f"{domain}.enable")
            await tab.call("Performance.enable", timeDomain="threadTicks")
            await tab.call("Emulation.setFocusEmulationEnabled", enabled=True)
            return await work(tab)
    finally:
        process.terminate()
        await process.wait()
