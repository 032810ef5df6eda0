"""Fetching a body of 2 GB from a publisher on this machine, compared with one of 1 MB: memory must not grow with it.

Belongs here: both sides and the publisher that they ask. Does not belong here: what a refresh makes of a file.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.comparison import Goal, Pair, Turn
from benchmarks.measured_process import Usage, run_measured
from benchmarks.setting import PROJECT, Missing, Setting
from benchmarks.work import Work

_SMALL = 1_000_000


@contextmanager
def publisher(setting: Setting, module: str, *arguments: str) -> Iterator[dict[str, str]]:
    """A replay publisher that a module starts; gives the variables with which it is asked."""
    command = [sys.executable, "-m", module, *arguments]
    environment = setting.environment() | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, env=environment, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        variables, said = {}, ""
        for line in process.stdout:
            said += line
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").strip().partition("=")
                variables[name] = value
            if len(variables) == 2:
                break
        if len(variables) < 2:
            raise Missing(f"the replay publisher did not start: {said.strip()[-500:]}")
        try:
            yield variables
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:  # the process that started this benchmark ignores SIGTERM
                process.kill()


def _prepare(setting: Setting) -> Turn:
    folder = setting.new_folder("published")
    for name, size in (("small", _SMALL), ("large", setting.fetched)):
        with open(folder / f"{name}.bin", "wb") as file:
            file.write(b"measured,figures\n")
            os.truncate(file.fileno(), size)

    def turn() -> Pair:
        used = {}
        with publisher(
            setting, "civic_assets_tests.replay", str(folder), "--port", "0", "--plain"
        ) as variables:
            for name in ("large", "small"):
                used[name] = _fetch(setting, name, variables)
        return Pair(used["large"], used["small"], {"bytes of the larger body": setting.fetched})

    return turn


def _fetch(setting: Setting, name: str, variables: dict[str, str]) -> Usage:
    store = setting.new_folder("fetching") / "store"
    (store.parent / "civic.toml").write_text("")
    to = store.parent / f"{name}.bin"
    url = f"https://files.publisher.example/{name}.bin"
    command = [sys.executable, "-m", "civic_assets_tests.acquire.fetch_one", str(store), url, str(to)]
    used = run_measured(command, setting.environment() | variables, PROJECT, setting.scratch / "fetching.log")
    to.unlink()
    return used


WORK = Work(
    name="fetching",
    title="fetching a body of 2 GB from a publisher on this machine",
    left="2 GB",
    right="1 MB",
    prepare=_prepare,
    goals=(Goal("peak", "ratio", 1.2),),
)
