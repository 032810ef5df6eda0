"""The Dagster UI on a store.

Belongs here: starting and stopping the web server, the daemon that runs schedules, sensors and queued runs, and the
code server that both ask for definitions. Does not belong here: definitions.

Both connect to one code server. With the checkout's `workspace.yaml` each would start its own, and the daemon would
start another every minute and stop it again.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from civic_assets.acquire.live.wanted import wanted_sources
from civic_assets.acquire.settings import SETTINGS, Settings, read_settings, settings_file
from civic_assets.alerts.settings import configured_alerts
from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.defs.instance import (
    LOCATION,
    fail_dead_runs,
    open_instance,
    prepare_home,
    register_releases,
)
from civic_assets.errors import UsageError
from civic_assets.layers.remote.session import bring_to_read
from civic_assets.layers.store import Store

_SECONDS_TO_START = 120
_SECONDS_TO_STOP = 20
_DEFINITIONS = "civic_assets.definitions"
_WEB_SERVER = "civic_assets.defs.ui.web_server"
_SYSTEM = ctypes.CDLL(None)
_SEND_WHEN_PARENT_ENDS = 1  # PR_SET_PDEATHSIG of Linux's prctl(2)


def refuse_unknown_sources(settings: Settings, active: Mapping[str, Contract]) -> None:
    """Check the sources of `[fetch]`, of which a misspelt one would never be fetched.

    Raises:
        UsageError: One of them is not a source whose files are fetched.
    """
    fetched = sorted(wanted_sources(active).asked)
    for source in settings.automatic_sources:
        if source not in fetched:
            raise UsageError(
                f"{settings_file()}: fetch.sources names {source!r}, which is not a source whose files are fetched. "
                f"Choose from: {', '.join(fetched)}."
            )


def serve(
    store: Store, host: str, port: int, open_browser: bool = False, auditors_port: int | None = None
) -> None:
    """Run the UI until it is interrupted.

    Args:
        store: Store to show.
        host: Address to listen on; the UI has no login, so any address but this machine's needs a proxy with a login.
        port: Its port.
        open_browser: Whether to show it in the default browser when it answers.
        auditors_port: Port of a second server, on which nothing can be started, changed or deleted; none if None.

    Raises:
        UsageError: The port is taken, a setting is wrong, or a part did not start.
    """
    for one in filter(None, (port, auditors_port)):
        _refuse_taken(host, one)
    if port == auditors_port:
        raise UsageError(f"--port and --auditors-port are both {port}. Choose two ports.")
    # A mistake in the settings is said here; the definitions would load without what it switches on.
    settings = read_settings()
    configured_alerts()
    active = {name: contract for name, contract in load_contracts().items() if contract.status == "active"}
    refuse_unknown_sources(settings, active)
    # What other machines have published in a store in an object store; a folder is as it is.
    bring_to_read(store.root)
    prepare_home(store)
    print(f"Starting Dagster on {store.name}; this takes about ten seconds ...", flush=True)
    # A shell starts background jobs with SIGINT ignored, which the parts would inherit.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _interrupt)
    folder = Path(tempfile.mkdtemp(prefix="civic-"))
    log = store.dagster_home / "ui.log"
    parts = _Parts(
        log,
        os.environ
        | {"DAGSTER_HOME": str(store.dagster_home), "CIVIC_STORE": str(store.root)}
        | ({SETTINGS: str(settings_file().absolute())} if settings_file().is_file() else {}),
    )
    try:
        code_server = folder / "code"
        parts.start(
            "code server", "dagster", "api", "grpc", "-m", _DEFINITIONS, "-s", str(code_server),
            "--location-name", LOCATION, "--empty-working-directory", "--use-python-environment-entry-point",
            "--log-level", "warning",
        )  # fmt: skip
        # After the first part has started: importing Dagster takes seconds, during which that part starts as well.
        from civic_assets.defs.dagster_private import DAEMON

        with open_instance(store) as instance:
            fail_dead_runs(instance)
            register_releases(instance, store, active)
        parts.wait("code server", lambda: _serves_code(code_server))
        workspace = ("-w", str(_workspace(folder, code_server)))
        quiet = ("--log-level", "warning", "--code-server-log-level", "warning")
        serves = (*workspace, "-h", host, *quiet, "--dagster-log-level", "warning")
        parts.start("web server", _WEB_SERVER, *serves, "-p", str(port))
        if auditors_port is not None:
            parts.start("auditors' server", _WEB_SERVER, *serves, "-p", str(auditors_port), "--read-only")
        address = f"http://{_reachable(host)}:{port}"
        parts.wait("web server", lambda: _answers(address))
        # Last, so that it does not take the processor from what the user waits for.
        parts.start("daemon", DAEMON, "run", *workspace, *quiet)
        print(f"Dagster shows {store.name} at {address} (stop with Ctrl-C)", flush=True)
        if auditors_port is not None:
            to_look_at = f"http://{_reachable(host)}:{auditors_port}"
            parts.wait("auditors' server", lambda: _answers(to_look_at))
            print(f"To look at only: {to_look_at}", flush=True)
        if open_browser:
            webbrowser.open(address)
        parts.watch()
    except KeyboardInterrupt:
        print("Stopping the UI ...", flush=True)
    finally:
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, signal.SIG_IGN)  # it is being stopped already
        parts.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _workspace(folder: Path, code_server: Path) -> Path:
    """A workspace of one code server, with the name that `workspace.yaml` and the runs of `refresh` use."""
    server = {"host": "localhost", "socket": str(code_server), "location_name": LOCATION}
    file = folder / "workspace.yaml"
    file.write_text(json.dumps({"load_from": [{"grpc_server": server}]}), encoding="utf-8")  # JSON is YAML
    return file


def _serves_code(code_server: Path) -> bool:
    from civic_assets.defs.dagster_private import code_server_answers

    return code_server.exists() and code_server_answers(str(code_server))


def _reachable(host: str) -> str:
    """An address at which this machine reaches an address that the web server listens on."""
    this_machine = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}
    return this_machine.get(host, f"[{host}]" if ":" in host else host)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/server_info", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _end_with_parent() -> None:
    """End a part when this process is killed, if the system can do that, so that nothing is left running."""
    if sys.platform == "linux":
        _SYSTEM.prctl(_SEND_WHEN_PARENT_ENDS, signal.SIGTERM)


class _Parts:
    """The processes of the UI. Each has its own group: Ctrl-C reaches only this process, which ends them.

    Their output goes to a file: they write every line of every run that they start, and those lines belong on the run's
    page.

    Args:
        log: That file, started again each time.
        environment: Environment of the processes.
    """

    def __init__(self, log: Path, environment: Mapping[str, str]) -> None:
        self._log, self._environment = log, environment
        self._log.write_bytes(b"")
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, module: str, *arguments: str) -> None:
        """Start a part."""
        with self._log.open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509  (one call to the system, which takes no lock)
            )

    def wait(self, name: str, ready: Callable[[], bool]) -> None:
        """Wait until a part is ready.

        Raises:
            UsageError: This or another part has ended, or it takes too long.
        """
        end = time.monotonic() + _SECONDS_TO_START
        while time.monotonic() < end:
            self._refuse_ended()
            if ready():
                return
            time.sleep(0.1)
        raise UsageError(
            f"The {name} of Dagster was not ready after {_SECONDS_TO_START} seconds. Try again when the machine is "
            f"less busy. See {self._log} for what it was doing."
        )

    def watch(self) -> None:
        """Never returns.

        Raises:
            UsageError: A part has ended.
        """
        while True:
            self._refuse_ended()
            time.sleep(0.5)

    def _refuse_ended(self) -> None:
        for name, process in self._processes.items():
            if process.poll() is not None:
                raise UsageError(
                    f"The {name} of Dagster ended unexpectedly (exit code {process.returncode}). See {self._log} for "
                    f"the reason{self._last_line()}."
                )

    def _last_line(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        return f"; its last line is: {last.rstrip('.')}" if last else ""

    def stop(self) -> None:
        """End all parts and everything that they started."""
        for process in reversed(self._processes.values()):
            _signal_group(process, signal.SIGTERM)
        end = time.monotonic() + _SECONDS_TO_STOP
        for process in self._processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, end - time.monotonic()))
            _signal_group(process, signal.SIGKILL)
            process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # the whole group has ended
        os.killpg(process.pid, number)


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise UsageError(
                f"Port {port} of {host} cannot be used: {error}. Choose another with --port."
            ) from None
