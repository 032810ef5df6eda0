"""The site of a store: all of it compared with a plain Jinja2 loop, and after one new release compared with all of it.

Belongs here: both commands over one store, and how many pages were written. Does not belong here: the loop
(`plain_pages`).
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from benchmarks.comparison import Goal, Pair, Turn
from benchmarks.measured_process import Usage, run_measured
from benchmarks.setting import PROJECT, Setting, contents_of
from benchmarks.work import Work
from benchmarks.work.new_issue import SOURCE, issue_and_others
from benchmarks.work.nothing_new import state_of


def _pages(report: Path) -> dict[str, tuple[int, int, int]]:
    return {name: about for name, about in state_of(report.parent).items() if name.startswith("report/")}


def _facts(report: Path) -> dict[str, str | int]:
    files = [file for file in report.rglob("*") if file.is_file()]
    sizes = {file: file.stat().st_size for file in files}
    pages = [file for file in files if file.suffix == ".html"]
    return {
        "files": len(files),
        "pages": len(pages),
        "MB": round(sum(sizes.values()) / 1e6),
        "largest page, bytes": max(sizes[file] for file in pages),
    }


def _plain(setting: Setting, store: Path) -> Usage:
    folder, log = setting.new_folder("plain-pages"), setting.scratch / "commands.log"
    command = [sys.executable, "-m", "benchmarks.plain_pages", str(store), str(folder)]
    usage = run_measured(command, setting.environment(), PROJECT, log)
    shutil.rmtree(folder)
    return usage


def _whole(setting: Setting, store: Path) -> Usage:
    shutil.rmtree(store / "report", ignore_errors=True)
    return setting.measured("report", "--store", store)


def _prepare_all(setting: Setting) -> Turn:
    folder = setting.real_files()

    def make(place: Path) -> None:
        setting.refresh(folder, place / "store")

    store = setting.kept_folder("store-with-site", contents_of(folder), make)

    def turn() -> Pair:
        ours = _whole(setting, store / "store")
        return Pair(ours, _plain(setting, store / "store"), _facts(store / "store" / "report"))

    return turn


def _prepare_one_release(setting: Setting) -> Turn:
    alone, base, edition = issue_and_others(setting)
    place = setting.new_folder("one-release")
    store, before = place / "store", place / "report"
    shutil.copytree(base, store)
    shutil.copytree(store / "report", before)
    setting.refresh(alone, store)

    def turn() -> Pair:
        # Every file has the time that the record of the site has of it, so that none has to be read again.
        shutil.rmtree(store / "report")
        shutil.copytree(before, store / "report")
        old = _pages(store / "report")
        one = setting.measured("report", "--store", store)
        now = _pages(store / "report")
        made = {name for name, about in now.items() if name not in old or about[2] != old[name][2]}
        every = _whole(setting, store)
        record = json.loads((store / "report" / "site.json").read_text(encoding="utf-8"))
        facts: dict[str, str | int] = {
            "new release": f"{SOURCE} {edition}",
            "files of the site": len(record["pages"]),
            "files written": len(made),
        }
        return Pair(one, every, facts)

    return turn


WORK = Work(
    name="site",
    title="the whole site",
    left="`civic-assets report` without a site",
    right="a plain Jinja2 loop over the same pages",
    prepare=_prepare_all,
    goals=(Goal("wall", "left", 30), Goal("peak", "left", 1_500)),
)
ONE_RELEASE = Work(
    name="site-one-release",
    title="the site after one new Met issue",
    left="`civic-assets report` with the site of before",
    right="without a site",
    prepare=_prepare_one_release,
    goals=(Goal("wall", "ratio", 0.2),),
)
