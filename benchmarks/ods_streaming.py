"""Reading an OpenDocument file of real size, compared with expat: `python -m benchmarks.ods_streaming`.

The file's `content.xml` has more than 1 GB, like that of the Home Office's file by Community Safety Partnership; it is
generated into a temporary folder and deleted afterwards. Each reading is a separate process, in turn:

- `ours`: `read_grid`, every cell of every sheet in its column;
- `ours_raw`: the same, and then the raw table as bytes of Parquet;
- `bare`: expat over the same unpacked bytes, without any handler;
- `handlers`: expat with the handlers that any event-driven reader needs, which do nothing.

Then the whole path of the file, each step a separate process too: `inspect`, `refresh` into an empty store up to the
publication, and `again`, a second refresh with nothing new.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

from benchmarks.measured_process import Usage, run_measured
from benchmarks.ods_at_scale import HEADERS

# Buffer size that event-driven readers usually use; larger buffers were slower for expat on the machines tried.
_BUFFER = 1 << 16
_MOST_MEGABYTES, _LEAST_SHARE = 500, 0.5
# Limits of a refresh from nothing to a publication: seconds, and MB of memory.
_MOST_SECONDS, _MOST_REFRESHING = 240, 2000


def read_ours(file: Path) -> None:
    from civic_assets.readers.open_file import read_grid

    _print_sums(read_grid(file))


def read_ours_to_raw(file: Path) -> None:
    from civic_assets.readers.open_file import read_grid
    from civic_assets.readers.raw_table import grid_to_table
    from civic_assets.tables.store import parquet_bytes

    grid = read_grid(file)
    parquet_bytes(grid_to_table(grid))
    _print_sums(grid)


def _print_sums(grid: object) -> None:
    """Number of rows and the sum of all counts, to compare with what was written."""
    from civic_assets.readers.coded_rows import CodedRows
    from civic_assets.readers.grid import Grid

    assert isinstance(grid, Grid)
    rows, total = 0, 0.0
    for sheet in grid.sheets:
        assert isinstance(sheet.rows, CodedRows)
        if sheet.width < len(HEADERS):
            continue  # cover and notes
        column = sheet.rows.columns[-1]
        rows += len(sheet.rows) - 1
        total += sum(float(value) for value in column.cells(slice(1, None)))
    print(json.dumps({"rows": rows, "sum": int(total)}))


def read_bare(file: Path) -> None:
    _expat_over(file, expat.ParserCreate())


def read_with_handlers(file: Path) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: None
    parser.EndElementHandler = lambda name: None
    parser.CharacterDataHandler = lambda text: None
    _expat_over(file, parser)


def _expat_over(file: Path, parser: expat.XMLParserType) -> None:
    with zipfile.ZipFile(file) as archive, archive.open("content.xml") as stream:
        while data := stream.read(_BUFFER):
            parser.Parse(data, False)
        parser.Parse(b"", True)


READINGS: dict[str, Callable[[Path], None]] = {
    "ours": read_ours,
    "ours_raw": read_ours_to_raw,
    "bare": read_bare,
    "handlers": read_with_handlers,
}


def measure(folder: Path, megabytes: float, turns: int) -> str:
    """Generate the file, read it, and report the time and memory."""
    file, log = folder / "by_partnership.ods", folder / "log.txt"

    def run(*arguments: str) -> Usage:
        return run_measured([sys.executable, "-m", *arguments], os.environ, Path.cwd(), log)

    log.touch()
    run("benchmarks.ods_at_scale", str(file), str(megabytes))
    written = json.loads(log.read_text())
    used: dict[str, list[Usage]] = {name: [] for name in READINGS}
    for _ in range(turns):
        for name in READINGS:
            log.write_text("")
            used[name].append(run("benchmarks.ods_streaming", "--reading", name, str(file)))
            if name.startswith("ours") and json.loads(log.read_text()) != {
                k: written[k] for k in ("rows", "sum")
            }:
                raise SystemExit(
                    f"The benchmark stops: {name} read {log.read_text().strip()}, but {written} was written."
                )
    cli = (sys.executable, "-m", "civic_assets.cli")
    inputs, store = folder / "inputs", folder / "store"
    inputs.mkdir()
    (inputs / file.name).hardlink_to(file)
    refresh = (*cli, "refresh", "--profile", "local", "--inputs", str(inputs), "--store", str(store))
    commands = {"inspect": (*cli, "inspect", str(file), "--json"), "refresh": refresh, "again": refresh}
    whole = {name: run_measured(command, os.environ, Path.cwd(), log) for name, command in commands.items()}
    return "\n".join([_report(used, written, file.stat().st_size), *_whole(whole)])


def _whole(whole: dict[str, Usage]) -> list[str]:
    """Time and memory of the commands, and whether the aims for a refresh are met."""
    lines = [f"{'command':10} {'s':>9} {'CPU s':>7} {'peak MB':>8}"]
    lines += [f"{name:10} {run.wall:9.1f} {run.cpu:7.1f} {run.peak:8.0f}" for name, run in whole.items()]
    first = whole["refresh"]
    lines.append(_aim(f"refresh under {_MOST_SECONDS} s: {first.wall:.0f} s", first.wall < _MOST_SECONDS))
    memory = f"refresh under {_MOST_REFRESHING:,} MB: {first.peak:,.0f} MB"
    return [*lines, _aim(memory, first.peak < _MOST_REFRESHING)]


def _report(used: dict[str, list[Usage]], written: dict[str, int], packed: int) -> str:
    content = written["bytes"] / 1e6
    about = f"{written['rows']:,} rows of 9 columns, all counts as written."
    lines = [f"content.xml: {content:,.0f} MB in an ods of {packed / 1e6:,.0f} MB; {about}"]
    lines.append(
        f"{'reading':10} {'median s':>9} {'least':>7} {'most':>7} {'CPU s':>7} {'MB/s':>7} {'peak MB':>8}"
    )
    for name, runs in used.items():
        walls = [run.wall for run in runs]
        median = statistics.median(walls)
        cpu, peak = statistics.median(run.cpu for run in runs), max(run.peak for run in runs)
        times = f"{median:9.1f} {min(walls):7.1f} {max(walls):7.1f} {cpu:7.1f}"
        lines.append(f"{name:10} {times} {content / median:7.0f} {peak:8.0f}")
    for other in ("bare", "handlers"):
        ratios = [theirs.wall / ours.wall for ours, theirs in zip(used["ours"], used[other], strict=True)]
        lines.append(f"speed of our reading compared with {other}: {statistics.median(ratios):.2f} times")
        if other == "bare":
            lines.append(_aim(f"at least {_LEAST_SHARE} of it", statistics.median(ratios) >= _LEAST_SHARE))
    peak = max(run.peak for run in used["ours"])
    lines.append(
        _aim(f"peak memory of our reading under {_MOST_MEGABYTES} MB: {peak:.0f} MB", peak < _MOST_MEGABYTES)
    )
    return "\n".join(lines)


def _aim(text: str, met: bool) -> str:
    return f"aim, {text}: {'met' if met else 'not met'}"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ods_streaming", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--megabytes", type=float, default=1400, help="size of content.xml (default 1400)")
    parser.add_argument("--turns", type=int, default=3, help="how often each reading is run (default 3)")
    parser.add_argument("--reading", nargs=2, metavar=("NAME", "FILE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.reading:
        name, file = arguments.reading
        READINGS[name](Path(file))
        return
    with tempfile.TemporaryDirectory(prefix="civic-ods-") as folder:
        print(measure(Path(folder), arguments.megabytes, arguments.turns))


if __name__ == "__main__":
    main()
