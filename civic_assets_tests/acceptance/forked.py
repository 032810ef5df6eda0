"""Commands as processes that need not load the libraries: each is forked from a process that has loaded them.

Belongs here: that process, and asking it. Does not belong here: what a command is expected to do, and processes that
must be started as a person starts them (`commands`, with `fresh`).

Dagster and Great Expectations take seconds to load, and the suite runs hundreds of commands. The process that loads
them opens nothing and starts no thread. What a command loads besides is loaded for the next ones too.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from civic_assets_tests.paths import PROJECT

# Modules of other packages may do more than to define something when they are loaded.
_LOADED_FOR_ALL = (
    "alembic", "civic_assets", "dagster", "dagster_duckdb", "dagster_shared", "duckdb", "great_expectations", "jinja2",
    "marshmallow", "numpy", "openpyxl", "pandas", "pandera", "pyarrow", "pydantic", "requests", "scipy", "sqlalchemy",
    "yaml",
)  # fmt: skip
_FIRST = ("civic_assets.cli", "civic_assets.refresh", "civic_assets.defs.launch")
# What a command sets before it loads the library that asks for it.
_SET_BY_COMMANDS = {"OPENBLAS_NUM_THREADS": "1", "GX_ANALYTICS_ENABLED": "false"}
_DECIDE_WHAT_IS_LOADED = ("CIVIC_SOURCES", "PYTHONHASHSEED")
# Processes with an unusual environment that are kept, besides that of nearly all tests.
_OTHERS_KEPT = 2
_READ_ANEW = frozenset(("DAGSTER_HOME", "HOME", "PYTEST_CURRENT_TEST", "TMPDIR"))
# Ours, and those that a client reads when it is made, of libraries that are not loaded for all.
_READ_ANEW_BY_PREFIX = ("AWS_", "CIVIC_", "OPENLINEAGE_")
_LARGEST_MESSAGE = 1 << 20


class Forked:
    """Commands forked from a process that has loaded the libraries."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Start the process.

        Args:
            environment: Variables with which it loads the libraries.
        """
        self._here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "civic_assets_tests.acceptance.forked", str(there.fileno())],
            env={**environment, **_SET_BY_COMMANDS},
            pass_fds=[there.fileno()], stdin=subprocess.DEVNULL, cwd=PROJECT,
        )  # fmt: skip
        there.close()

    def run(
        self, module: str, arguments: list[str], cwd: Path, env: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Runs `python -m module ARGUMENTS` and waits for it, with `env` as the whole environment.

        Raises:
            subprocess.TimeoutExpired: After `timeout` seconds; the command has been killed.
        """
        asked = {"module": module, "arguments": arguments, "cwd": str(cwd), "env": dict(env)}
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            socket.send_fds(self._here, [json.dumps(asked).encode()], [out.fileno(), err.fileno()])
            pid = self._answer(None)["pid"]
            try:
                code = self._answer(timeout)["code"]
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                self._answer(None)
                raise subprocess.TimeoutExpired([module, *arguments], timeout) from None
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read().decode().replace("\r\n", "\n"))
        return subprocess.CompletedProcess([module, *arguments], code, *texts)

    def _answer(self, timeout: float | None) -> dict[str, Any]:
        self._here.settimeout(timeout)
        message = self._here.recv(_LARGEST_MESSAGE)
        assert message, "the process that forks commands has ended"
        answer: dict[str, Any] = json.loads(message)
        return answer

    def close(self) -> None:
        """End the process."""
        self._here.close()
        self._process.wait()


class Forking:
    """Which process a command is forked from: its libraries are loaded with the same environment."""

    def __init__(self) -> None:
        self._loaded: dict[frozenset[tuple[str, str]], Forked] = {}
        self._asked: set[frozenset[tuple[str, str]]] = set()

    def process_for(self, environment: Mapping[str, str]) -> Forked | None:
        """The process that a command with this environment can be forked from.

        Returns:
            None if it must be started by itself: on other systems than Linux, if modules come from elsewhere or read
            files while they are loaded, and the first time that one is asked for with an unusual environment.
        """
        elsewhere = environment.get("PYTHONPATH") != str(PROJECT)
        # A variable that is empty says what one says that is not there.
        if sys.platform != "linux" or elsewhere or any(map(environment.get, _DECIDE_WHAT_IS_LOADED)):
            return None
        asked = frozenset((name, value) for name, value in environment.items() if not _is_read_anew(name))
        found = self._loaded.get(asked)
        if found is None and (asked in self._asked or not self._loaded):
            if len(self._loaded) > _OTHERS_KEPT:
                oldest = list(self._loaded)[1]
                self._loaded.pop(oldest).close()
            found = self._loaded[asked] = Forked(environment)
        self._asked.add(asked)
        return found

    def close(self) -> None:
        """End all processes."""
        while self._loaded:
            self._loaded.popitem()[1].close()


def _is_read_anew(name: str) -> bool:
    """Whether a command reads a variable when it runs, not when a module of it is loaded."""
    return name.startswith(_READ_ANEW_BY_PREFIX) or name in _READ_ANEW


def _serve(connection: socket.socket) -> None:
    """Fork a command for each request until the other side is gone."""
    for name in _FIRST:
        importlib.import_module(name)
    _no_contracts_are_read()
    while True:
        message, fds, _, _ = socket.recv_fds(connection, _LARGEST_MESSAGE, 2)
        if not message:
            return
        reads, writes = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reads)
            connection.close()
            _become(json.loads(message), fds, writes)
        for fd in (*fds, writes):
            os.close(fd)
        connection.send(json.dumps({"pid": pid}).encode())
        with os.fdopen(reads) as loaded:
            names = loaded.read().split()
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        connection.send(json.dumps({"code": code}).encode())
        for name in names:
            # Dagster's own commands load `civic_assets.definitions`, which reads the contracts there and then.
            if name not in sys.modules and name != "civic_assets.definitions":
                _load(name)
        _no_contracts_are_read()


def _no_contracts_are_read() -> None:
    """A command may name other contracts (`CIVIC_CONTRACTS`), so nothing may know any before it has begun."""
    from civic_assets.contracts import folders

    asked = folders._named.cache_info().currsize
    assert not asked, (
        "a module asks for the folders of contracts while it is loaded; commands cannot be forked from it"
    )


def _load(name: str) -> None:
    try:
        importlib.import_module(name)
    except Exception:  # noqa: BLE001  (a command that needs the module says what is wrong with it)
        sys.modules.pop(name, None)


def _become(asked: dict[str, Any], fds: list[int], loaded: int) -> NoReturn:
    """Become the command: its environment, folder, arguments and output; then run it."""
    out, err = fds
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.set_inheritable(loaded, False)
    for fd in fds:
        os.close(fd)
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])
    sys.argv = [asked["module"], *asked["arguments"]]
    os._exit = _telling(os._exit, loaded)  # type: ignore[assignment]
    code = 1
    try:
        runpy.run_module(asked["module"], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _telling(end: Callable[[int], NoReturn], loaded: int) -> Callable[[int], NoReturn]:
    """End a process after it has said which modules it has."""
    this = os.getpid()

    def told(code: int) -> NoReturn:
        if os.getpid() == this:
            names = [name for name in list(sys.modules) if name.partition(".")[0] in _LOADED_FOR_ALL]
            os.write(loaded, "\n".join(names).encode())
        end(code)

    return told


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
