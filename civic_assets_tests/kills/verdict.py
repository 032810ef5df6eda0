"""What must hold after the kills, and the table of them.

Belongs here: everything that is asserted, as sentences about what does not hold. Does not belong here: the kills.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from civic_assets.archive import Archive
from civic_assets_tests.acceptance.commands import civic_assets
from civic_assets_tests.kills.campaign import Campaign
from civic_assets_tests.kills.doing import STAGES

_TEMPORARY = (".incoming-", ".report-", "civic-sample-")


def undisturbed(campaign: Campaign, store: Path) -> str:
    """Hash of the publication of a store that takes all files from a folder at once, undisturbed."""
    answer = civic_assets(
        "refresh", "--profile", "local", "--inputs", campaign.files, "--store", store, "--json", "--quiet",
        timeout=1800,
    )  # fmt: skip
    assert answer.code == 0, answer.err
    return str(answer.json["publication"])


def faults_of(campaign: Campaign, expected: str) -> list[str]:
    """Sentences about everything that does not hold; none if all is well."""
    faults = []
    last = campaign.last["publication"]
    if last != expected:
        faults.append(f"The last publication is {last}, that of an undisturbed store {expected}.")
    if left := left_behind(campaign):
        faults.append(f"Temporary files were left: {', '.join(left)}.")
    archive = Archive(campaign.store / "archive")
    faults += [f"The archive: {problem}" for problem in archive.verify()]
    receipts = Counter(receipt.sha256 for receipt in archive.receipts())
    if set(receipts.values()) != {1} or len(receipts) != len(list(campaign.files.iterdir())):
        faults.append(f"{sum(receipts.values())} receipts of {len(receipts)} files.")
    return faults + faults_of_reads(campaign.reads, last)


def faults_of_reads(reads: list[list[dict[str, Any]]], last: str) -> list[str]:
    """What is wrong with what readers saw.

    Args:
        reads: What each reader saw, in order.
        last: The last publication.
    """
    faults = []
    by_stamp: dict[str, str] = {}
    for number, seen in enumerate(reads):
        faults += [f"Reader {number}: {one['failed']}" for one in seen if "failed" in one]
        well = [one for one in seen if "failed" not in one]
        for one in well:
            if by_stamp.setdefault(one["stamp"], one["seen"]) != one["seen"]:
                faults.append(f"Reader {number} saw other rows of {one['stamp'][:12]} than another read.")
        numbers = [one["number"] for one in well]
        if numbers != sorted(numbers):
            faults.append(f"Reader {number} saw an earlier publication after a later one.")
        releases = [one["releases"] for one in well]
        if releases != sorted(releases):
            faults.append(f"Reader {number} saw fewer releases after more.")
        if not well or well[-1]["publication"] != last:
            faults.append(f"Reader {number} did not see the last publication at the end.")
    return faults


def left_behind(campaign: Campaign) -> list[str]:
    """Temporary files and folders in the store and in the system's temporary folder."""
    root = campaign.store
    found = [path for path in root.rglob("*") if path.name.startswith(_TEMPORARY)]
    found += [
        path
        for path in root.rglob("*")
        if path.suffix in (".wal", ".tmp") or path.name.startswith("pending-")
    ]
    found += list((root / "acquired" / "partial").iterdir())
    found += list(campaign.temporary.rglob("*"))
    return sorted({str(path.relative_to(root.parent)) for path in found})


def table(campaign: Campaign) -> list[str]:
    """Lines about the kills and the reads."""
    stages = Counter(kill.stage for kill in campaign.kills)
    changes = Counter(kill.stage for kill in campaign.kills if kill.change)
    lines = ["", f"{'killed while':<50}{'kills':>7}{'just before a file was changed':>33}"]
    lines += [f"{stage:<50}{stages[stage]:>7}{changes[stage]:>33}" for stage in STAGES]
    lines.append(f"{'all':<50}{len(campaign.kills):>7}{sum(changes.values()):>33}")
    reads = [one for seen in campaign.reads for one in seen]
    failed = sum("failed" in one for one in reads)
    hit = len({kill.change for kill in campaign.kills if kill.change})
    publications = len({one["publication"] for one in reads if "failed" not in one})
    lines += [
        "",
        f"{campaign.ended} runs ended before their moment came; {hit} kinds of changes of files were hit.",
        f"{len(reads):,} reads by {len(campaign.reads)} readers, {failed} failed, of {publications} publications.",
        f"{len(list(campaign.files.iterdir()))} files were published.",
    ]
    return lines
