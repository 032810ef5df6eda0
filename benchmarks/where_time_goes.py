"""Where the processor time of one command goes: `python -m benchmarks.where_time_goes refresh --profile local ...`.

Belongs here: running `civic-assets` in this process with samples of its stack, and the table by part of the program.
Does not belong here: comparisons (`benchmarks.command`).

A timer of processor time asks for a sample every few milliseconds. Python delivers it between two of its own
instructions, so a long call into DuckDB or Arrow delays it; each sample is therefore worth the processor time since
the last one, of all threads, and is counted for the line that made the call. The part is the innermost module of
`civic_assets` on the stack, by folder; time in an import is counted for the imported package, and what a library
does between two of our modules (Dagster, for example) is counted with the library's name. Processes that the command
starts are only in the total.
"""

from __future__ import annotations

import argparse
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType

from benchmarks.setting import PROJECT

_EVERY = 0.005
_PROGRAM = f"{PROJECT / 'civic_assets'}/"
_IMPORT = "<frozen importlib._bootstrap>"


def part_of(frame: FrameType | None) -> str:
    """The part of the program that a stack is in: `publish/read_model`, `import of pandas`, `defs (dagster)`."""
    library = ""
    while frame is not None:
        file, name = frame.f_code.co_filename, frame.f_code.co_name
        if file == _IMPORT and name == "_find_and_load":
            return f"import of {_outermost_import(frame)}"
        if file.startswith(_PROGRAM):
            own = "/".join(Path(file[len(_PROGRAM) :]).parts[:2]).removesuffix(".py")
            return f"{own} ({library})" if library else own
        library = library or _library(file)
        frame = frame.f_back
    return "start and end"


def _outermost_import(frame: FrameType) -> str:
    """The package whose import brought in the others; a part of this program counts by the library that it imports."""
    packages = []
    for caller in _callers(frame):
        if caller.f_code.co_filename == _IMPORT and caller.f_code.co_name == "_find_and_load":
            packages.append(str(caller.f_locals.get("name", "")).partition(".")[0])
    outside = [package for package in packages if package != "civic_assets"]
    return outside[-1] if outside else "civic_assets"


def _callers(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _library(file: str) -> str:
    """The installed package that a file belongs to; empty for the standard library and for generated code."""
    _, found, inside = file.rpartition("/site-packages/")
    return inside.partition("/")[0].removesuffix(".py") if found else ""


def sampled(arguments: list[str]) -> dict[str, float]:
    """Run a command in this process; seconds of processor time by part of the program."""
    seconds: dict[str, float] = defaultdict(float)
    last = time.process_time()

    def sample(_: int, frame: FrameType | None) -> None:
        nonlocal last
        now = time.process_time()
        seconds[part_of(frame)] += now - last
        last = now

    before = signal.signal(signal.SIGPROF, sample)
    signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)
    try:
        from civic_assets.cli import main

        main(arguments)
    except SystemExit:
        pass  # an exit code is the outcome of the command
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return seconds


def as_text(seconds: Mapping[str, float], least: float = 0.1) -> str:
    """A table of the parts, the largest first; those below `least` seconds together."""
    total = sum(seconds.values())
    large = sorted(
        ((part, spent) for part, spent in seconds.items() if spent >= least), key=lambda one: -one[1]
    )
    lines = [f"{spent:8.2f} s {spent / total:6.1%}  {part}" for part, spent in large]
    rest = total - sum(spent for _, spent in large)
    lines.append(f"{rest:8.2f} s {rest / total:6.1%}  parts of less than {least:g} s each")
    lines.append(f"{total:8.2f} s         in all")
    return "\n".join(lines)


def main() -> None:
    """Run the command and print the table after its own output."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.where_time_goes", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "command", nargs=argparse.REMAINDER, help="a command of civic-assets with its arguments"
    )
    arguments = parser.parse_args().command
    if not arguments:
        parser.error("name a command, e.g. inspect FILE")
    seconds = sampled(arguments)
    sys.stdout.flush()
    print(f"\nProcessor time of civic-assets {arguments[0]}\n{as_text(seconds)}")
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{children.ru_utime + children.ru_stime:8.2f} s         in processes that it started")


if __name__ == "__main__":
    main()
