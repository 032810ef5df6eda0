"""What an evidence pack says about a publication, read from its manifest, archive and read model.

Belongs here: reading it. Does not belong here: the figures that are followed (`chains`), pages (`pages`), and the zip
file (`zip_file`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.archive.manifest import Receipt
from civic_assets.contracts.load import contracts_folder, shared_files
from civic_assets.errors import UsageError
from civic_assets.publish.read_model.connection import rows_of
from civic_assets.publish.rebuild import other_agreements, receipts_until

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract
    from civic_assets.layers.store import Store

_NOT_IN_A_FILE_NAME = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_LONGEST_FILE_NAME = 120


@dataclass(frozen=True, slots=True)
class Input:
    """A file of a publisher, and where it is in the pack.

    Args:
        path: Path in the pack.
        receipt: Its receipt.
        published: Whether its figures are in the publication; if not, it was held back.
    """

    path: str
    receipt: Receipt
    published: bool

    def as_document(self) -> dict[str, Any]:
        """As it is listed in `inputs.json`."""
        return {"path": self.path, "published": self.published, **asdict(self.receipt)}


@dataclass(frozen=True, slots=True)
class Archived:
    """The receipts of a publication, and the bytes of their list as far as it goes.

    Args:
        inputs: The files, in the order in which they were received.
        manifest: Lines of the archive's list up to the last receipt of the publication.
    """

    inputs: Sequence[Input]
    manifest: bytes


def archived(store: Store, manifest: Mapping[str, Any]) -> Archived:
    """What the archive held when a publication was made.

    Raises:
        UsageError: The list of receipts is gone, damaged, or does not have the one with which the publication ends.
    """
    lines, receipts = receipts_until(store.root / "archive", manifest["archive_head"])
    here = {(one["source"], one["release"]) for one in manifest["content"]["inputs"]}
    return Archived(
        [Input(_path(one), one, (one.source, one.release) in here) for one in receipts],
        b"".join(lines),
    )


def _path(receipt: Receipt) -> str:
    """Path of a file in the pack: under its source and release, by the last part of its own name."""
    name = re.split(r"[/\\]", receipt.file_name)[-1]
    name = _NOT_IN_A_FILE_NAME.sub("_", name.encode("utf-8", "replace").decode()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if len(name) > _LONGEST_FILE_NAME:
        name = f"{stem[: _LONGEST_FILE_NAME - len(ending) - 1]}{dot}{ending}"[:_LONGEST_FILE_NAME]
    return f"inputs/{receipt.source}/{receipt.release}/{name or receipt.sha256}"


@dataclass(frozen=True, slots=True)
class Said:
    """What the pages of a pack say about the whole publication; each is a list of rows of the read model."""

    figures: int
    synthetic: int
    disputed: int
    sources: Sequence[Mapping[str, Any]]
    checks: Sequence[Mapping[str, Any]]
    causes: Sequence[Mapping[str, Any]]
    corrections: Sequence[Mapping[str, Any]]
    waivers: Sequence[Mapping[str, Any]]
    withheld: Sequence[Mapping[str, Any]]
    revisions: Sequence[Mapping[str, Any]]


def said_of(connection: DuckDBPyConnection) -> Said:
    """Read what the pages say."""
    figures, synthetic, disputed = connection.execute(
        "SELECT count(*), count(*) FILTER (synthetic), count(*) FILTER (quality = 'disputed') "
        "FROM harmonised.observations"
    ).fetchall()[0]
    return Said(figures, synthetic, disputed, *(rows_of(connection, query) for query in _SAID))


_SAID: Iterable[str] = (
    """SELECT source, publisher, licence FROM catalogue.sources
    WHERE source IN (SELECT source FROM catalogue.releases) ORDER BY source""",
    """SELECT source, release, count(*) FILTER (outcome = 'pass') AS passed,
        count(*) FILTER (outcome = 'fail') AS failed, count(*) FILTER (outcome = 'not_evaluated') AS not_evaluated,
        count(*) FILTER (outcome = 'fail' AND severity = 'blocking') AS blocking
    FROM quality.check_results SEMI JOIN catalogue.releases USING (source, release)
    GROUP BY ALL ORDER BY source, release""",
    """SELECT severity, coalesce(source, '') AS source, coalesce(release, '') AS release, check_ids, n_findings, action,
        message
    FROM quality.causes WHERE asks_action
    ORDER BY list_position(['blocking', 'warning', 'info'], severity), source, release, cause_id""",
    "SELECT * FROM quality.corrections ORDER BY source, release, locator, correction_id",
    "SELECT * FROM quality.waivers ORDER BY waiver_id, source, release",
    """SELECT source, release, table_id, n_primary, n_secondary, outcome, message FROM quality.disclosure_log
    ORDER BY source, release, table_id""",
    """SELECT source, first_release, later_release, count(*) AS figures,
        count(*) FILTER (revision <> 0) AS changed
    FROM quality.revisions GROUP BY ALL ORDER BY ALL""",
)


def agreed_files(contracts: Mapping[str, Contract], manifest: Mapping[str, Any]) -> dict[str, Path]:
    """The contracts, vocabularies and registers of a publication, by path in the pack.

    Raises:
        UsageError: One is another than then, or gone.
    """
    content = manifest["content"]
    wrong = other_agreements(manifest, contracts)
    if wrong:
        raise UsageError(
            f"Publication {manifest['number']} was made with other versions of these: {'; '.join(wrong)}. Name the "
            "folder of then with CIVIC_CONTRACTS."
        )
    folder = contracts_folder()
    files = {
        f"data_contracts/{contracts[source].file.name}": contracts[source].file
        for source in content["contracts"]
    }
    return files | {f"data_contracts/{file.relative_to(folder).as_posix()}": file for file in shared_files()}
