"""Readers that do what none may do, one fault each, to see that the campaign notices.

Belongs here: the faults, in a form that harms nothing. Does not belong here: what is expected of them (the tests).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from civic_assets_tests.fuzz.became import Became

_WELL = "The file has no tables of a source with a contract. Leave it out."
MEMORY = 200 * 1024**2


def reader(path: Path, root: Path) -> Became:
    """Do what the input says, in one word; `well` is a reader that behaves."""
    what = path.read_text(encoding="utf-8").strip()
    became = Became("ignored", sentences=[_WELL])
    if what == "escaped":
        raise KeyError("a reader that lets an error escape")
    if what == "traceback":
        became.tracebacks = ["civic_assets/readers/grid.py:1 in x\nKeyError: 'x'"]
    if what in _SENTENCES:
        became.sentences = _SENTENCES[what]
    if what == "outcome":
        became.outcome = ""
    if what == "slow":
        end = time.process_time() + 60
        while time.process_time() < end:
            pass
    if what == "asleep":
        time.sleep(60)
    if what == "memory":
        became.checks = [str(len(bytearray(os.urandom(1024)) * (MEMORY // 1024)))]
    if what == "crash":
        os._exit(3)
    if what == "outside":
        (path.parent / "outside").write_text("x", encoding="utf-8")
    if what == "renamed":
        (path.parent / "outside").rename(path.parent / "renamed")
    if what == "removed":
        (path.parent / "renamed").unlink()
    if what == "linked":
        (root / "link").parent.mkdir(exist_ok=True)
        (path.parent / "linked").symlink_to(root)
    if what == "native":
        # As native code does it, without an event: only what is left in the working directory shows it.
        write_natively(Path.cwd() / "native")
    if what == "left":
        root.mkdir(exist_ok=True)
        (root / "left").write_text("x", encoding="utf-8")
    if what == "socket":
        with socket.socket() as one:
            one.connect_ex(("127.0.0.1", 9))
    if what == "process":
        subprocess.run([sys.executable, "-c", ""], check=True)
    return became


_SENTENCES = {
    "short": ["It is damaged."],
    "no full stop": ["the program did not expect this and stopped (KeyError)"],
    "unseen": ["The sheet '\x1b[2J' has no tables of a source with a contract."],
    "nothing said": [],
}


def write_natively(path: Path) -> None:
    """Write a file with native code."""
    import pyarrow as pa

    with pa.OSFile(str(path), "wb") as stream:
        stream.write(b"x")
