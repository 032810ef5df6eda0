"""The Dagster UI on a store.

Belongs here: starting and stopping the web server and the daemon that runs schedules, sensors and queued runs. Does not
belong here: definitions.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Sequence

from civic_assets.contracts.load import load_contracts
from civic_assets.defs.instance import fail_dead_runs, open_instance, register_releases
from civic_assets.errors import UsageError
from civic_assets.store import PACKAGE, Store

_WORKSPACE = PACKAGE.parent / "workspace.yaml"
_SECONDS_TO_START = 120
_SECONDS_TO_STOP = 20


def serve(store: Store, host: str, port: int, open_browser: bool = False) -> None:
    """Runs the UI until it is interrupted.

    Args:
        store: What is shown.
        host: Address to listen on; the UI has no login, so anything but this machine needs a proxy with one before it.
        port: Its port.
        open_browser: Show it in the default browser when it answers.

    Raises:
        UsageError: The port is taken, or a part did not start.
    """
    _refuse_taken(host, port)
    active = {name: contract for name, contract in load_contracts().items() if contract.status == "active"}
    with open_instance(store) as instance:
        fail_dead_runs(instance)
        register_releases(instance, store, active)
    # Dagster's processes point SIGTERM at whatever handles SIGINT, and a shell starts background jobs with SIGINT
    # ignored: such children could not be stopped.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.default_int_handler)
    environment = os.environ | {"DAGSTER_HOME": str(store.dagster_home), "CIVIC_STORE": str(store.root)}
    location = ("-w", str(_WORKSPACE))
    commands = (
        ("dagster_webserver", *location, "-h", host, "-p", str(port), "--log-level", "warning"),
        ("dagster._daemon", "run", *location, "--log-level", "warning"),
    )
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            processes.append(
                subprocess.Popen([sys.executable, "-m", *command], env=environment, stdin=subprocess.DEVNULL)
            )
        address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
        _wait_until_it_answers(address, processes)
        print(f"Dagster shows {store.root} at {address} (stop with Ctrl-C)", flush=True)
        if open_browser:
            webbrowser.open(address)
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        raise UsageError("The web server or the daemon ended by itself; its last lines above say why.")
    except KeyboardInterrupt:
        print("Stopping the UI ...", flush=True)
    finally:
        _stop(processes)


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise UsageError(
                f"Port {port} of {host} can not be used: {error}. Choose another with --port."
            ) from None


def _wait_until_it_answers(address: str, processes: Sequence[subprocess.Popen[bytes]]) -> None:
    end = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < end and all(process.poll() is None for process in processes):
        try:
            with urllib.request.urlopen(f"{address}/server_info", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise UsageError("The web server did not start; the lines above say why.")


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
