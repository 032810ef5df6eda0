"""The process in which inputs are tried, one after another: `python -m civic_assets_tests.fuzz.child FOLDER READER`.

Belongs here: the loop over inputs, and measuring one. Does not belong here: what is done with an input (`trial`), and
ending a process that does not end (`campaign`).

A line on standard input is the path of an input; a line on standard output is what became of it, as JSON. The parent
process writes down which input is being tried, so that one that ends this process is known.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import time
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from civic_assets_tests.fuzz.became import Reader, as_plain
from civic_assets_tests.fuzz.watched import Watch

STORE, TEMPORARY, EMPTY, CACHE = "store", "temporary", "empty", "cache"
"""Folders of a child: of the store, of temporary files, the working directory and home, which must stay empty, and of
what the program remembers of contracts."""
READY = b"ready\n"
"""What a child says once everything is imported."""
# Address space beyond what the process has when it starts; real memory is judged afterwards, and is far less.
ADDRESS_SPACE = 6 * 1024**3


def main(folder: Path, reader: str) -> None:
    """Try inputs until standard input ends."""
    module, _, name = reader.partition(":")
    read: Reader = getattr(import_module(module), name)
    if hasattr(import_module(module), "warm"):
        import_module(module).warm(folder / STORE)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_status("VmSize") + ADDRESS_SPACE,) * 2)
    watch = Watch(folder / STORE, folder / TEMPORARY, folder / CACHE)
    watch.start()
    answers.write(READY.decode())
    answers.flush()
    for line in sys.stdin:
        told = _tried(read, Path(line.rstrip("\n")), folder, watch)
        answers.write(json.dumps(told) + "\n")
        answers.flush()


def _tried(read: Reader, path: Path, folder: Path, watch: Watch) -> dict[str, Any]:
    with suppress(OSError):  # where it cannot be reset, the greatest memory so far counts
        Path("/proc/self/clear_refs").write_text("5")
    watch.taken()
    before, begun, used = _status("VmRSS"), time.monotonic(), time.process_time()
    told: dict[str, Any]
    try:
        told = as_plain(read(path, folder / STORE))
    except BaseException as error:  # noqa: BLE001  (whatever escapes is what is looked for)
        told = {"outcome": "escaped", "escaped": f"{type(error).__name__}: {str(error)[:500]}"}
        told["tracebacks"] = ["".join(traceback.format_exception(error))]
    told["seconds"] = time.monotonic() - begun
    told["processor"] = time.process_time() - used
    told["memory"], told["before"] = _status("VmHWM"), before
    told["outside"] = watch.taken()
    told["left"] = [
        str(left.relative_to(folder))
        for left in sorted(folder.glob("*/*"))
        if left.parent.name in (STORE, TEMPORARY, EMPTY)
    ]
    for left in told["left"]:
        with suppress(OSError):
            (shutil.rmtree if (folder / left).is_dir() else os.remove)(folder / left)
    return told


def _status(name: str) -> int:
    """A size of this process in bytes, e.g. its greatest resident memory."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
