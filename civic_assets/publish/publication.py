"""Publications: published states identified by a hash, and their manifests.

Belongs here: which releases go into a publication, its manifest, and replacing the last one. Does not belong here: the
tables of the read model (`read_model`), and checking releases (`civic_assets.quality`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from civic_assets.acquire.live.said import said_document, said_sha256
from civic_assets.answers.document import as_document
from civic_assets.contracts.load import contracts_sha256, vocabularies_sha256
from civic_assets.contracts.model import Contract
from civic_assets.errors import PublicationHeldBack
from civic_assets.house_numbers.display import CHOICES_ON_A_SCREEN
from civic_assets.layers.keys import code_version
from civic_assets.layers.store import Store
from civic_assets.publish.member import Member, members, without_tables
from civic_assets.publish.read_model.decisions import decided
from civic_assets.publish.read_model.descriptions import explanations_sha256
from civic_assets.quality.expectations.suites import suites_sha256
from civic_assets.tables.atomic import atomic_write_bytes
from civic_assets.tables.sealed import Seal, seal_of, sealed

LATEST = "latest.json"
"""Name of the manifest of the last publication in the folder of manifests: the same bytes as under its number."""


@dataclass(frozen=True, slots=True)
class Publication:
    """One published state.

    Args:
        number: Counts publications of the store from 1.
        hash: Hash of everything that is published; equal content has an equal hash, whenever and wherever it is built.
        new: Whether it was made now.
    """

    number: int
    hash: str
    new: bool


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def content_of(members: Sequence[Member], contracts: Mapping[str, Contract]) -> dict[str, Any]:
    """Everything that a publication is built from, without times and locations: the content that is hashed."""
    published = [member for member in members if member.harmonised is not None]
    tables = [
        {"layer": ref.layer, "source": ref.source, "release": ref.release, "hash": ref.hash}
        for member in published
        for ref in (member.harmonised, member.results, member.findings)
        if ref is not None
    ]
    return {
        "inputs": [
            {"source": m.receipt.source, "release": m.receipt.release, "sha256": m.receipt.sha256}
            for m in published
        ],
        "tables": tables,
        "contracts": {m.receipt.source: contracts[m.receipt.source].sha256 for m in published},
        "vocabularies": vocabularies_sha256(),
        "decisions": decided(members),
        "code_version": code_version(),
    }


def sha256_before(store: Store, number: int) -> str:
    """SHA-256 of the manifest before that of a publication, which the next one names; empty before the first."""
    file = store.publications / f"{number - 1}.json"
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def hash_of(content: Mapping[str, Any]) -> str:
    """The hash of a publication: that of its content as JSON with sorted keys and without spaces (SHA-256)."""
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def manifests(store: Store) -> list[Path]:
    """Manifests of all publications, in the order of their numbers."""
    named = [file for file in store.publications.glob("*.json") if file.stem.isdecimal()]
    return sorted(named, key=lambda file: int(file.stem))


def latest(store: Store) -> dict[str, Any] | None:
    """The manifest of the last publication, or None before the first.

    If `latest.json` was damaged, it is read from the file of its number, which has the same bytes; a damaged manifest
    is passed over for the one before it. `civic_assets.verify` says which are damaged.
    """
    sound = read_manifest(store.publications / LATEST)
    if sound is None:
        every = (read_manifest(file) for file in reversed(manifests(store)))
        sound = next((one for one in every if one is not None), None)
    return sound


def _next_number(store: Store) -> int:
    """The number after that of every manifest, so that a damaged one is not written over."""
    return max((int(file.stem) for file in manifests(store)), default=0) + 1


def read_manifest(file: Path) -> dict[str, Any] | None:
    """A manifest; None if it is gone or damaged."""
    try:
        content = file.read_bytes()
        document: Any = json.loads(content)
    except (FileNotFoundError, ValueError):
        return None
    sound = isinstance(document, dict) and seal_of(content) is not Seal.WRONG
    return document if sound else None


@dataclass(frozen=True, slots=True)
class Plan:
    """A publication as it would be made now.

    Args:
        members: Its releases.
        content: What is hashed.
        digest: Its hash.
        stamp: Stamp of its read model.
        before: The manifest of the last publication; None before the first.
        lost: Releases of the last publication that it would drop because a table of them is gone.
    """

    members: Sequence[Member]
    content: Mapping[str, Any]
    digest: str
    stamp: str
    before: Mapping[str, Any] | None
    lost: Sequence[tuple[str, str]]


def plan_now(store: Store, contracts: Mapping[str, Contract], without: Collection[tuple[str, str]]) -> Plan:
    """The publication as it would be made now.

    Args:
        store: Store with the releases.
        contracts: Contracts of all sources.
        without: Releases left out, as (source, release).
    """
    chosen = members(store, contracts, without)
    content = content_of(chosen, contracts)
    digest = hash_of(content)
    held_back = [(m.receipt.sha256, m.results.hash) for m in chosen]
    # The suites test what is published but are not part of it: different suites make another read model, not another
    # publication.
    # Notes are facts of a release, not figures; a reader that understands more of them makes another read model too.
    notes = [[as_document(note) for note in m.facts.notes] for m in chosen]
    judged = {
        "publication": digest,
        "held_back": held_back,
        "expectations": suites_sha256(),
        "notes": notes,
        # Also those of sources of which nothing is published: `catalogue.sources` lists them.
        "contracts": contracts_sha256(),
        "descriptions": explanations_sha256(),
        # What publishers offer is not published, but checks of timeliness use it.
        "said": said_sha256(store.root),
    }
    stamp = hashlib.sha256(_canonical(judged).encode()).hexdigest()
    before = latest(store)
    here = {(m.receipt.source, m.receipt.release) for m in chosen}
    wanted = {place for place in published_places(before) if place[0] in contracts} - {*without} - here
    return Plan(chosen, content, digest, stamp, before, without_tables(store, wanted) if wanted else [])


def published_places(manifest: Mapping[str, Any] | None) -> set[tuple[str, str]]:
    """Releases of a publication, as (source, release).

    Args:
        manifest: Its manifest; None if there is none.
    """
    published = manifest["content"]["inputs"] if manifest else []
    return {(one["source"], one["release"]) for one in published}


def stands(
    store: Store, contracts: Mapping[str, Contract], without: Collection[tuple[str, str]] = ()
) -> bool:
    """Whether everything is already published exactly as `publish` would publish it now."""
    plan = plan_now(store, contracts, without)
    before = plan.before
    published = not plan.content["inputs"] or (before is not None and before["hash"] == plan.digest)
    return published and not plan.lost and _is_read_model_of(store, plan)


def _is_read_model_of(store: Store, plan: Plan) -> bool:
    """Whether the read model is that of a plan, and nobody has changed it since it was put into place."""
    from civic_assets.publish.read_model.connection import stamp_of
    from civic_assets.publish.read_model.placing import as_put

    return stamp_of(store.database) == plan.stamp and as_put(store)


def publish(
    store: Store,
    contracts: Mapping[str, Contract],
    *,
    profile: str,
    without: Collection[tuple[str, str]] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Publication | None:
    """Combine the releases of the store into a publication and replace the read model.

    The order is safe at every moment: the read model is built in a new file and moved into place, then the manifest. If
    a run dies in between, the next one notices that manifest and read model do not match, and repairs it.

    Args:
        store: Store with the releases.
        contracts: Contracts of all sources.
        profile: Profile in the manifest.
        without: Releases left out, as (source, release).
        progress: Function called with a sentence about each step.

    Returns:
        The publication, or None if every release is held back: the last one then stays, while the read model
        shows what was held back and why.

    Raises:
        PublicationHeldBack: A suite of expectations that gates failed, or tables of releases of the last publication
            are gone; that publication and its read model stay.
    """
    from civic_assets.publish.build import build_read_model
    from civic_assets.publish.incremental.inputs import Inputs

    plan = plan_now(store, contracts, without)
    before = plan.before
    if before is not None and plan.lost:
        raise PublicationHeldBack(_lost(store, plan.lost, before["profile"]))
    same = before is not None and before["hash"] == plan.digest
    number = before["number"] if same and before else _next_number(store)
    today = date.today()
    if not _is_read_model_of(store, plan):
        build_read_model(
            Inputs(store, contracts, plan.members, plan.stamp, plan.digest, number, today, progress)
        )
    if not plan.content["inputs"]:
        return None
    if not same:
        manifest = {
            "number": number,
            "hash": plan.digest,
            "published_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "profile": profile,
            "archive_head": store.archive.head(),
            "before": sha256_before(store, number),
            "content": plan.content,
            # What the read model also depends on, and what it then contained, so that it can be made again.
            "day": today.isoformat(),
            "said": said_document(store.root),
            "read_model": _contents(store),
        }
        content = sealed(json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
        atomic_write_bytes(store.publications / f"{number}.json", content)
        atomic_write_bytes(store.publications / LATEST, content)
    return Publication(number, plan.digest, not same)


def _contents(store: Store) -> dict[str, Any]:
    """What the tables of the read model contain (`table_contents`)."""
    from civic_assets.publish.read_model.connection import open_read_model
    from civic_assets.publish.table_contents import contents_of

    with open_read_model(store) as connection:
        return contents_of(connection).as_document()


def _lost(store: Store, lost: Sequence[tuple[str, str]], profile: str) -> str:
    """Sentence about releases of the last publication whose tables are gone."""
    names = ", ".join(f"{source} {release}" for source, release in lost[:CHOICES_ON_A_SCREEN])
    more = f", and {len(lost) - CHOICES_ON_A_SCREEN:,} more" if len(lost) > CHOICES_ON_A_SCREEN else ""
    jobs = ", ".join(sorted({f"refresh_{source}" for source, _ in lost}))
    inputs = " --inputs FOLDER" if profile == "local" else ""
    one = len(lost) == 1
    number, are = ("1 release", "is") if one else (f"{len(lost):,} releases", "are")
    command = f"civic-assets refresh --profile {profile}{inputs} --store {store.root}"
    return (
        f"Nothing new is published, because {number} of the last publication {are} without tables in "
        f"{store.tables.root}: {names}{more}. The last publication stays. The received files are in the archive, so "
        f"{'it' if one else 'they'} can be built again: run {command}, or {jobs} in Dagster for those partitions, and "
        "then publish."
    )
