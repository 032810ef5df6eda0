"""Taking in the files of a round: in one order for all sources, with where each came from.

Belongs here: the way from a round to intake, and back to what became of each file. Does not belong here: recognising a
file (`civic_assets.intake`), and what is remembered (`outcomes`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from civic_assets.acquire.live.asked import SourceRound, TakenFile
from civic_assets.acquire.live.held import HeldSource
from civic_assets.archive import Archive, Receipt
from civic_assets.contracts.model import Contract
from civic_assets.intake.receive import take_files
from civic_assets.intake.received import Fetched, GivenFile, Intake


def take_rounds(
    rounds: Sequence[SourceRound],
    archive: Archive,
    contracts: Mapping[str, Contract],
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Intake, dict[str, TakenFile]]:
    """Take in every file of a round.

    All files go to intake together, so that releases get the names which they would get from a folder with the same
    files. A file that is a release of several sources is taken as all of them, whichever asked for it.

    Args:
        rounds: What came, by source.
        archive: Archive that keeps the releases.
        contracts: Contracts of the active sources.
        progress: Function called with a sentence about each file.

    Returns:
        The outcome of intake, and what became of each file by its name in the round.
    """
    given = []
    for round_ in rounds:
        for one in round_.requested:
            if one.transfer is not None and one.path is not None:
                fetched = Fetched(
                    one.transfer.url, one.transfer.validators.etag, one.transfer.ended.isoformat()
                )
                given.append(GivenFile(one.path, one.name, fetched))
    before = {(receipt.source, receipt.sha256) for receipt in archive.receipts()}
    intake = take_files(given, archive, contracts, origin="live", progress=progress)
    return intake, _became(intake, before)


def _became(intake: Intake, before: set[tuple[str, str]]) -> dict[str, TakenFile]:
    found: dict[str, TakenFile] = {}
    for taken in intake.taken:
        known = found.get(taken.given, TakenFile({}))
        releases = {receipt.source: receipt.release for receipt in taken.receipts}
        new = {receipt.source for receipt in taken.receipts if (receipt.source, receipt.sha256) not in before}
        # Of an archive, one file that is a release is enough; the reason of another is no longer of interest.
        reason = "" if known.releases or releases else known.reason or taken.reason
        found[taken.given] = TakenFile({**known.releases, **releases}, known.new | new, reason)
    return found


def still_offered(held: Mapping[str, HeldSource], archive: Archive) -> list[Receipt]:
    """Receipts of the files that publishers still offer.

    Args:
        held: What is remembered after the round.
        archive: Archive that keeps the releases.
    """
    offered = {
        (source, release)
        for known in held.values()
        for file in known.files.values()
        if file.offered
        for source, release in file.releases.items()
    }
    return [receipt for receipt in archive.receipts() if (receipt.source, receipt.release) in offered]
