"""Making a past publication again, from the archive, in another folder.

Belongs here: which receipts, contracts and decisions it had, building it in the order of its releases, and saying
whether the same came out. Does not belong here: hashing tables (`table_contents`), and comparing two publications by
figure (`figure_changes`).

A publication depends on the files of its archive, the contracts and vocabularies, the decisions of people, the code,
the day (waivers end) and what publishers had said of newer files. Its manifest names all of them: the files and tables
by hash, the contracts, vocabularies, decisions and code by hash, the day and what was said as they were.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from civic_assets.answers.progress import Said
from civic_assets.archive.chain import read_chain
from civic_assets.archive.manifest import FORM, MANIFEST, Receipt
from civic_assets.contracts.load import vocabularies_sha256
from civic_assets.contracts.model import Contract
from civic_assets.errors import UsageError
from civic_assets.layers.keys import code_version
from civic_assets.layers.store import Store
from civic_assets.publish.publication import LATEST, latest, manifests, plan_now, read_manifest
from civic_assets.tables.atomic import atomic_write_bytes
from civic_assets.tables.file_states import content_sha256


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A past publication that was made again.

    Args:
        store: Its store.
        number: Its number.
        hash: Its hash, the same as in the manifest.
        tables: Number of tables of the read model that were compared.
        different: Names of those whose content differs; None if they could not be compared.
        not_compared: Sentence that says why not; empty if they were.
    """

    store: Store
    number: int
    hash: str
    tables: int
    different: tuple[str, ...] | None
    not_compared: str = ""

    @property
    def sentence(self) -> str:
        """What came out, in a sentence."""
        what = f"Publication {self.number} was made again in {self.store.root}"
        if self.different is None:
            return f"{what} with the same figures ({self.hash[:12]}). {self.not_compared}"
        if self.different:
            one = len(self.different) == 1
            return (
                f"{what} with the same figures ({self.hash[:12]}), but {', '.join(self.different)} "
                f"{'contains' if one else 'contain'} something else than was published."
            )
        return (
            f"{what}: the same ({self.hash[:12]}), and all {self.tables:,} tables contain what was published."
        )


def manifest_of(store: Store, number: int | None) -> dict[str, Any]:
    """The manifest of a publication.

    Args:
        store: The store.
        number: Its number; None for the last.

    Raises:
        UsageError: There is none of this number, or it is damaged.
    """
    if number is None:
        last = latest(store)
        if last is None:
            raise UsageError(f"Nothing is published in {store.root}. Run: civic-assets refresh")
        return last
    file = store.publications / f"{number}.json"
    if not file.is_file():
        raise UsageError(f"{store.root} has no publication {number}. {_those_of(store)}")
    manifest = read_manifest(file)
    if manifest is None:
        raise UsageError(f"{file} is damaged. Run: civic-assets verify --store {store.root}")
    return manifest


def rebuild(
    store: Store,
    number: int,
    into: Path,
    contracts: Mapping[str, Contract],
    progress: Callable[[str], None] = lambda _: None,
) -> Rebuilt:
    """Make a past publication again in an empty folder.

    Args:
        store: The store that holds its manifest and the archive; it is only read.
        number: Number of the publication.
        into: Folder of the new store; it must be empty or not exist.
        contracts: Contracts of all sources, as they were then.
        progress: Function called with a sentence about each step.

    Raises:
        UsageError: There is no such publication, contracts, vocabularies or code are others than then, a file of the
            archive is damaged or gone, or something else came out than was published; nothing is left in the folder.
    """
    manifest = manifest_of(store, number)
    _require_same_makers(manifest, contracts)
    if into.exists() and any(into.iterdir()):
        raise UsageError(f"{into} is not empty. Choose another folder.")
    try:
        return _rebuild(store, manifest, into, contracts, progress)
    except BaseException:
        shutil.rmtree(into, ignore_errors=True)
        raise


def _rebuild(
    store: Store,
    manifest: Mapping[str, Any],
    into: Path,
    contracts: Mapping[str, Contract],
    progress: Callable[[str], None],
) -> Rebuilt:
    from civic_assets.acquire.live.said import keep_said
    from civic_assets.publish.build import build_read_model
    from civic_assets.publish.incremental.inputs import Inputs
    from civic_assets.publish.judgement import judge_published

    number = int(manifest["number"])
    again = Store(into)
    progress(Said("Reading the archive", "step"))
    _copy_archive(store.root / "archive", into / "archive", manifest["archive_head"])
    if manifest.get("said"):
        keep_said(again.root, manifest["said"])
    built = _build_releases(again, contracts, progress)
    wanted = {(one["source"], one["release"]) for one in manifest["content"]["inputs"]}
    plan = plan_now(again, contracts, sorted(built - wanted))
    if plan.digest != manifest["hash"]:
        raise UsageError(_other_content(number, manifest["content"], plan.content))
    day = date.fromisoformat(manifest.get("day") or manifest["published_at"][:10])
    build_read_model(Inputs(again, contracts, plan.members, plan.stamp, plan.digest, number, day, progress))
    # Also those before it: each names the one before, and the pages say what changed since.
    for file in manifests(store):
        if int(file.stem) <= number:
            shutil.copyfile(file, again.publications / file.name)
    shutil.copyfile(again.publications / f"{number}.json", again.publications / LATEST)
    rebuilt = _compared(again, manifest)
    judge_published(again, progress)
    return rebuilt


def _those_of(store: Store) -> str:

    numbers = [int(file.stem) for file in manifests(store)]
    return (
        f"It has those from {numbers[0]:,} to {numbers[-1]:,}." if numbers else "Nothing is published there."
    )


def other_agreements(manifest: Mapping[str, Any], contracts: Mapping[str, Contract]) -> list[str]:
    """Contracts and vocabularies that are others than those of a publication, in words; empty if none is."""
    content = manifest["content"]
    others = sorted(
        source
        for source, sha256 in content["contracts"].items()
        if source not in contracts or contracts[source].sha256 != sha256
    )
    wrong = [f"the contract{'s' if len(others) > 1 else ''} of {', '.join(others)}"] if others else []
    if content["vocabularies"] != vocabularies_sha256():
        wrong.append("the vocabularies")
    return wrong


def receipts_until(archive: Path, head: str) -> tuple[list[bytes], tuple[Receipt, ...]]:
    """The receipts of an archive up to one: the lines of its manifest, and the receipts.

    Args:
        archive: Folder of the archive.
        head: Hash of the last of them.

    Raises:
        UsageError: The manifest is gone or damaged, or the receipt is not there.
    """
    place = archive / MANIFEST
    if not place.is_file():
        raise UsageError(f"{place} is gone. Restore it from a backup.")
    chain = read_chain(FORM, place)
    if chain.damage:
        raise UsageError(f"{archive}: {chain.damage[0]}")
    lines = place.read_bytes().splitlines(keepends=True)
    last = next((at for at, line in enumerate(lines, 1) if json.loads(line)["hash"] == head), 0)
    if not last:
        raise UsageError(
            f"{place} does not have the receipt {head[:12]}... with which this publication ends. Run: "
            "civic-assets verify"
        )
    return lines[:last], chain.receipts[:last]


def _require_same_makers(manifest: Mapping[str, Any], contracts: Mapping[str, Contract]) -> None:
    """Raises if contracts, vocabularies or code are others than those of the publication."""
    content, number = manifest["content"], manifest["number"]
    wrong = other_agreements(manifest, contracts)
    if content["code_version"] != code_version():
        wrong.append(f"the program (code {content['code_version']}; this is {code_version()})")
    if wrong:
        raise UsageError(
            f"Publication {number} was made with other versions of these: {'; '.join(wrong)}. Install the version of "
            "then, and name the contracts of then with CIVIC_CONTRACTS."
        )


def _copy_archive(archive: Path, into: Path, head: str) -> None:
    """Copy the files of all receipts up to one, and those receipts; each file is hashed.

    Raises:
        UsageError: The receipts are damaged, the receipt is not there, or a file is damaged or gone.
    """
    lines, receipts = receipts_until(archive, head)
    into.mkdir(parents=True)
    for sha256 in {one.sha256 for one in receipts}:
        try:
            shutil.copyfile(archive / sha256, into / sha256)
        except OSError as error:
            raise UsageError(f"{archive / sha256} cannot be read: {error.strerror}.") from None
        if content_sha256(into / sha256) != sha256:
            raise UsageError(f"{archive / sha256} is damaged. Run: civic-assets verify")
    atomic_write_bytes(into / MANIFEST, b"".join(lines))


def _build_releases(
    again: Store, contracts: Mapping[str, Contract], progress: Callable[[str], None]
) -> set[tuple[str, str]]:
    """Build the tables of all releases, in the order of their editions; gives those that are not held back."""
    from civic_assets.archive import release_sort_key
    from civic_assets.layers.checked import stored_facts
    from civic_assets.layers.harmonised import build_harmonised
    from civic_assets.layers.raw import build_raw
    from civic_assets.layers.validated import build_validated

    receipts = sorted(again.archive.receipts(), key=lambda one: release_sort_key(one.release))
    progress(Said("Building the releases", "step"))
    found: set[tuple[str, str]] = set()
    for number, receipt in enumerate(receipts, 1):
        contract = contracts.get(receipt.source)
        if contract is None or contract.status != "active":
            continue
        progress(f"{number:,} of {len(receipts):,}: {receipt.source} {receipt.release}")
        checked = build_validated(again, contract, receipt, build_raw(again, receipt))
        build_harmonised(again, contract, receipt, checked)
        facts = stored_facts(again, receipt.source, receipt.release)
        if facts is not None and not facts.held_back:
            found.add((receipt.source, receipt.release))
    return found


def _other_content(number: int, then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Sentence that names what came out otherwise."""

    def named(content: Mapping[str, Any]) -> dict[str, str]:
        tables = {
            f"{one['layer']} {one['source']} {one['release']}": one["hash"] for one in content["tables"]
        }
        decisions = {f"the register of {name}": str(value) for name, value in content["decisions"].items()}
        return tables | decisions

    before, after = named(then), named(now)
    differs = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    first = differs[0] if differs else "the list of releases"
    more = f", and {len(differs) - 1:,} more" if len(differs) > 1 else ""
    return f"Something else came out than publication {number} had: {first}{more}. Run: civic-assets verify"


def _compared(again: Store, manifest: Mapping[str, Any]) -> Rebuilt:
    from civic_assets.publish.read_model.connection import open_read_model
    from civic_assets.publish.table_contents import TableContents, contents_of, differences

    number, digest = int(manifest["number"]), str(manifest["hash"])
    with open_read_model(again) as connection:
        here = contents_of(connection)
    if not manifest.get("read_model"):
        why = f"Publication {number} was made by a version that did not keep what its read model contained."
        return Rebuilt(again, number, digest, 0, None, why)
    there = TableContents.of_document(manifest["read_model"])
    try:
        different = tuple(differences(here, there))
    except ValueError as error:
        return Rebuilt(again, number, digest, 0, None, f"The rows were {error}, so their hashes say nothing.")
    return Rebuilt(again, number, digest, len(here.tables), different)
