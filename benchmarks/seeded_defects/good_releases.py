"""Good releases to plant errors in: synthetic workbooks that ship, and publishers' files if they are available.

Belongs here: which files, which earlier editions each has, and examining a grid as the program does. Does not belong
here: the errors (`cell_defects`, `table_defects`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.errors import CivicError
from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets.parsing.recognise import parser_of
from civic_assets.parsing.table_finder import FoundTables, find_tables
from civic_assets.quality.framework.release import FileFacts, ReleaseView
from civic_assets.quality.framework.results import Assessment, Finding
from civic_assets.quality.run import assess
from civic_assets.readers.grid import Grid
from civic_assets.readers.open_file import read_grid

if TYPE_CHECKING:
    import pyarrow as pa

# Publishers' files as their folders have them, by source: earlier editions first; errors are planted in the last.
REAL: Mapping[str, Sequence[str]] = {
    "ons_csp": ["ons-csp/policeforceareatablesyedecember2024.xlsx"],
    "ons_pfa": [
        "ons-pfa/policeforceareatablesyearendingmarch2018v2.xlsx",
        "ons-pfa/policeforceareatablesyearendingdecember2018.xlsx",
        "ons-pfa/pfatablesdec19.xlsx",
    ],
    "dfe_exclusions": ["dfe-exclusions/permanent_exclusions_and_suspensions_la.csv"],
    "dfe_neet": [
        "dfe-neet/UD_NEETNK_LA_dashboard_2022_final.csv",
        "dfe-neet/UD_NEETNK_LA_dashboard_2023_final.csv",
    ],
    "met_borough": [
        "met-borough/MPS Borough Level Crime (most recent 24 months) to 2023-07.csv",
        "met-borough/MPS Borough Level Crime (most recent 24 months) to 2024-10.csv",
        "met-borough/MPS Borough Level Crime (most recent 24 months) to 2025-12.csv",
    ],
    "ons_population": ["ons-population/mye23tablesew.xlsx"],
}


@dataclass(frozen=True)
class Good:
    """A release as its publisher made it.

    Args:
        name: Name of the file; with its source, `synthetic` or `real` distinguishes it in results.
        grid: Its cells.
        size: Size of the file, in bytes.
        history: Observations of earlier editions by release, oldest first.
    """

    contract: Contract
    name: str
    kind: str
    grid: Grid
    size: int
    history: Mapping[str, pa.Table]

    @property
    def source(self) -> str:
        """Source of its contract."""
        return self.contract.source

    @cached_property
    def clean(self) -> Examined:
        """Results of the rules for the unchanged release; real defects of publishers' files are not planted errors."""
        return self.examine(self.grid)

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """Observation of the clean release by address."""
        locators: list[str] = self.clean.release.observations["locator"].to_pylist()
        return {locator: row for row, locator in enumerate(locators)}

    @property
    def found(self) -> FoundTables:
        """Its tables."""
        return self.clean.release.found

    def examine(self, grid: Grid, history: Mapping[str, pa.Table] | None = None) -> Examined:
        """Results of the rules for another grid instead of this one, read as `layers.examine` does."""
        found = find_tables(grid, self.contract)
        file = FileFacts(self.name, "a" * 64, "a" * 64, self.size, str(grid.format))
        parsed, refused = None, []
        if not any(drift.breaking for drift in found.drift):
            try:
                parsed = parser_of(self.contract).parse(grid, found, self.contract)
            except CivicError as error:
                refused.append(Finding("R-09", str(error)))
        edition = parsed.edition if parsed else ""
        past = self.history if history is None else history
        release = ReleaseView(self.contract, edition, file, grid, found, parsed, past)
        return Examined(release, assess(release, refused))


@dataclass(frozen=True)
class Examined:
    """A release and the results of the rules for it."""

    release: ReleaseView
    assessment: Assessment


def synthetic_releases() -> Iterator[Good]:
    """The workbooks of the sample profile, each with those of earlier editions as its history."""
    contract = load_contracts()["ons_csp"]
    history: dict[str, pa.Table] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, edition in EDITIONS.items():
            file = Path(folder) / name
            file.write_bytes(workbook_bytes(edition))
            good = Good(contract, name, "synthetic", read_grid(file), file.stat().st_size, dict(history))
            yield good
            history[good.clean.release.release] = good.clean.release.observations


def real_releases(folder: Path, sources: Sequence[str] = tuple(REAL)) -> Iterator[Good]:
    """Publishers' files of a folder (`CIVIC_REAL_DATA`), one release for each source."""
    contracts = load_contracts()
    for source in sources:
        history: dict[str, pa.Table] = {}
        *earlier, last = REAL[source]
        for name in earlier:
            past = Good(contracts[source], name, "real", read_grid(folder / name), 0, {})
            history[past.clean.release.release] = past.clean.release.observations
        file = folder / last
        yield Good(contracts[source], file.name, "real", read_grid(file), file.stat().st_size, history)
