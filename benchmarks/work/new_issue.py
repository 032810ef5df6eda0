"""One new issue into a store that has everything else, compared with the same issue into an empty store.

Belongs here: the newest ordinary issue of the Metropolitan Police's borough file among publishers' files, a store of
all the other files, and both refreshes. Does not belong here: stores of generated files (`many_releases`).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.comparison import Goal, Pair, Turn
from benchmarks.measured_process import Usage
from benchmarks.setting import Missing, Setting, contents_of
from benchmarks.work import Work

SOURCE = "met_borough"


def into_both(setting: Setting, issue: Path, larger: Path, smaller: Path | None) -> Pair:
    """Refresh a copy of each of two stores with one new file.

    Args:
        setting: Where to work.
        issue: Folder that holds the new file only.
        larger: Store of the judged side.
        smaller: Store of the other side; an empty one if None.
    """
    sides: list[Usage] = []
    facts: dict[str, str | int] = {}
    for name, base in (("larger store", larger), ("smaller store", smaller)):
        store = setting.new_folder("new-issue") / "store"
        if base is not None:
            shutil.copytree(base, store)
        sides.append(setting.refresh(issue, store))
        counts = setting.answer("published_counts", store / "civic.duckdb")
        facts |= {f"{what}, {name}": number for what, number in counts.items()}
        shutil.rmtree(store.parent)
    return Pair(sides[0], sides[1], facts)


def newest_issue(setting: Setting, folder: Path) -> tuple[Path, str]:
    """The newest ordinary issue in a folder, found by what is in the files and not by their names, and its edition.

    Raises:
        Missing: There is none.
    """
    issues = setting.answer("recognised_files", SOURCE, folder)
    # An ordinary issue is named by its month; what has a suffix covers another time.
    ordinary = [(found["edition"], found["path"]) for found in issues if found["edition"].count("-") == 1]
    if not ordinary:
        raise Missing(f"no issue of {SOURCE} is in {folder}")
    edition, path = max(ordinary)
    return Path(path), edition


def issue_and_others(setting: Setting) -> tuple[Path, Path, str]:
    """A folder with the newest ordinary issue among publishers' files, a store of all the others, and its edition."""
    folder = setting.real_files()
    path, edition = newest_issue(setting, folder)
    alone, others = setting.new_folder("issue"), setting.new_folder("others")
    shutil.copy(path, alone)
    shutil.copytree(folder, others, dirs_exist_ok=True, copy_function=shutil.copyfile)
    (others / path.relative_to(folder)).unlink()

    def make(place: Path) -> None:
        setting.refresh(others, place / "store")

    return alone, setting.kept_folder("store-of-real-files", contents_of(others), make) / "store", edition


def _prepare(setting: Setting) -> Turn:
    alone, store, edition = issue_and_others(setting)
    about: dict[str, str | int] = {"new issue": f"{SOURCE} {edition}"}

    def turn() -> Pair:
        pair = into_both(setting, alone, store, None)
        return Pair(pair.left, pair.right, about | dict(pair.facts))

    return turn


WORK = Work(
    name="new-issue",
    title="one new Met issue",
    left="into the store of all other real files",
    right="into an empty store",
    prepare=_prepare,
    goals=(Goal("cpu", "ratio", 1.2),),
)
