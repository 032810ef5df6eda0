"""The quality report: one static site for each publication, replaced as a whole.

Belongs here: whether the report in the store is that of the current publication, and building it in a temporary folder.
Does not belong here: moving that into place (`replacing`), its pages (`pages`) and what they show (`reading`, `views`,
`cells`).

`<store>/report/` is a folder of HTML files that need nothing else: no server, no network, no script. It can be copied
and shared. `stamp.json` in it identifies what it was built from.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.answers.inspection import FoundTable
from civic_assets.answers.others import ReportPlace
from civic_assets.answers.progress import Said
from civic_assets.contracts.model import Contract
from civic_assets.errors import UsageError
from civic_assets.layers.checked import stored_facts
from civic_assets.layers.keys import layer_version
from civic_assets.layers.store import Store
from civic_assets.layers.store_lock import changing
from civic_assets.publish.publication import latest
from civic_assets.publish.read_model.connection import open_read_model, stamp_of
from civic_assets.publish.report.links import INDEX
from civic_assets.publish.report.replacing import clear_away, new_folder, put_in_place

if TYPE_CHECKING:
    from civic_assets.publish.report.pages import Report

_STAMP = "stamp.json"


@dataclass(frozen=True, slots=True)
class BuiltReport:
    """The report in the store.

    Args:
        index: Path of its first page.
        new: Whether it was built now.
    """

    index: Path
    publication: str
    number: int
    new: bool

    def as_answer(self) -> ReportPlace:
        """As `report --json` prints it."""
        return ReportPlace(str(self.index), self.index.as_uri(), self.publication, self.number, self.new)


def folder_of(store: Store) -> Path:
    """Folder of a store's report."""
    return store.root / "report"


def build_if_older(
    store: Store, contracts: Mapping[str, Contract], progress: Callable[[str], None] = lambda _: None
) -> BuiltReport | None:
    """Build the report, unless it is already that of the current publication.

    Args:
        store: Store that holds the publication.
        contracts: Contracts of all sources.
        progress: Function called with a sentence when building begins.

    Returns:
        The report; None if nothing is published.
    """
    if latest(store) is None or not store.database.is_file():
        return None
    standing = current(store, contracts)
    if standing is not None:
        return standing
    progress(Said("Building the quality report", "stage"))
    return build(store, contracts)


def current(store: Store, contracts: Mapping[str, Contract]) -> BuiltReport | None:
    """The existing report, if it is that of the current publication; None otherwise."""
    manifest = latest(store)
    if manifest is None or _stamp_in(folder_of(store)) != _stamp(store, contracts, manifest):
        return None
    return BuiltReport(folder_of(store) / INDEX, manifest["hash"], manifest["number"], new=False)


def build(store: Store, contracts: Mapping[str, Contract]) -> BuiltReport:
    """Build the report of the current publication and replace the existing one.

    Equal publications of a store give equal files. If anything fails, the existing report is kept.

    Raises:
        UsageError: Nothing is published.
        StoreBusy: Another process is changing the store.
    """
    if latest(store) is None:
        raise UsageError(f"Nothing is published in {store.root} yet. Run: civic-assets refresh")
    with changing(store.root, "civic-assets report"):
        return _build(store, contracts)


def _build(store: Store, contracts: Mapping[str, Contract]) -> BuiltReport:
    manifest = latest(store)
    if manifest is None:
        raise UsageError(f"Nothing is published in {store.root} yet. Run: civic-assets refresh")
    stamp = _stamp(store, contracts, manifest)
    clear_away(store.root)
    beside = new_folder(store.root)
    try:
        from civic_assets.publish.report.kept_pages import KeptPages
        from civic_assets.publish.report.pages import Renderer, pages_of

        report = _collect(store, contracts, manifest)
        kept, renderer = KeptPages(folder_of(store), _about(folder_of(store))), Renderer(report)
        pages = {page.name: kept.write(page, renderer, beside) for page in pages_of(report)}
        about = {
            "stamp": stamp,
            "publication": manifest["hash"],
            "number": manifest["number"],
            "pages": pages,
        }
        (beside / _STAMP).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
        beside.chmod(0o755)
        put_in_place(beside, folder_of(store))
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return BuiltReport(folder_of(store) / INDEX, manifest["hash"], manifest["number"], new=True)


def _stamp_in(folder: Path) -> str | None:
    """The stamp of the report in a folder; None if there is no report, or one with a page missing or changed."""
    about = _about(folder)
    return str(about["stamp"]) if "stamp" in about and _as_written(folder, about.get("pages")) else None


def _as_written(folder: Path, pages: object) -> bool:
    """Whether every page of a report is as it was written."""
    if not isinstance(pages, dict) or INDEX not in pages:
        return False
    try:
        return all(
            hashlib.sha256((folder / name).read_bytes()).hexdigest() == entry["sha256"]
            for name, entry in pages.items()
        )
    except (OSError, KeyError, TypeError):
        return False


def _about(folder: Path) -> dict[str, Any]:
    """What the report in a folder says of itself; nothing if it does not, or if there is none."""
    try:
        about = json.loads((folder / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return about if isinstance(about, dict) else {}


def _stamp(store: Store, contracts: Mapping[str, Contract], manifest: Mapping[str, Any]) -> str:
    """Hash of everything that a report is built from: the read model, the manifest, contracts and templates."""
    from civic_assets.publish.report.pages import TEMPLATES

    digest = hashlib.sha256()
    parts = [
        str(stamp_of(store.database)),
        json.dumps(manifest, sort_keys=True),
        *(contract.sha256 for contract in contracts.values()),
        layer_version("report"),
        *(file.read_text(encoding="utf-8") for file in sorted(TEMPLATES.iterdir()) if file.is_file()),
    ]
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()


def _collect(store: Store, contracts: Mapping[str, Contract], manifest: Mapping[str, Any]) -> Report:
    from civic_assets.publish.report.changes import changes_since
    from civic_assets.publish.report.chosen_numbers import read_numbers
    from civic_assets.publish.report.common_tables import read_common_tables
    from civic_assets.publish.report.pages import Report
    from civic_assets.publish.report.reading import read_facts
    from civic_assets.publish.report.registers import read_breaks, read_designations, read_registers
    from civic_assets.publish.report.shown_cells import ShownCells

    with open_read_model(store) as connection:
        facts = read_facts(connection)
        registers, breaks = read_registers(connection), read_breaks(connection)
        designations = read_designations(connection)
        common, numbers = read_common_tables(connection), read_numbers(connection)
    tables = {
        (row["source"], row["release"]): _tables(store, row["source"], row["release"])
        for row in facts.releases
    }
    return Report(
        facts=facts,
        manifest=manifest,
        changes=changes_since(store, manifest),
        contracts=contracts,
        cells=ShownCells.of_findings(
            store,
            contracts,
            facts.findings,
            {place: [table.title for table in found] for place, found in tables.items()},
        ),
        tables=tables,
        registers=registers,
        breaks=breaks,
        designations=designations,
        common=common,
        numbers=numbers,
    )


def _tables(store: Store, source: str, release: str) -> Sequence[FoundTable]:
    """Tables found in a release."""
    about = stored_facts(store, source, release)
    return about.tables if about else ()
