"""The evidence pack of a publication: one zip file that shows where its figures come from.

Belongs here: what goes into a pack, and in which order it is made. Does not belong here: the words of its pages
(`pages`, `readme`), and unpacking one (`unpack`).

The same publication gives the same bytes, whenever and wherever the pack is made: it is made from the read model as it
was when it was published (made again from the archive if a file that was held back has changed it since), times are
those of receipts and manifests, and nothing names this machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from civic_assets.answers.document import as_document
from civic_assets.answers.evidence import EvidencePack
from civic_assets.answers.progress import Said as SaidStep
from civic_assets.contracts.model import Contract
from civic_assets.errors import UsageError
from civic_assets.evidence.chains import Followed, follow, newest_of_areas, newest_of_the_report
from civic_assets.evidence.contents import Archived, agreed_files, archived, said_of
from civic_assets.evidence.pages import ASKED, OF_THE_REPORT, pages
from civic_assets.evidence.readme import readme
from civic_assets.evidence.zip_file import CHECKSUMS, ArchivedBytes, write_zip
from civic_assets.layers.store import Store
from civic_assets.lineage.provenance import Publisher, provenance_of
from civic_assets.package.described import choose
from civic_assets.package.tables import CSV, PARQUET, limit_memory, write_table
from civic_assets.publish.past import as_published
from civic_assets.publish.publication import manifests
from civic_assets.publish.queries.figure_query import FigureQuery
from civic_assets.publish.read_model.connection import open_read_model
from civic_assets.publish.rebuild import manifest_of
from civic_assets.publish.site.source_words import about
from civic_assets.tables.atomic import temporary_folder

_FOR_PEOPLE = (
    "catalogue.files",
    "catalogue.releases",
    "quality.check_results",
    "quality.findings",
    "quality.corrections",
    "quality.waivers",
    "quality.disclosure_log",
    "quality.revisions",
)
_FOR_PROGRAMS = ("harmonised.observations",)


def write_evidence(
    store: Store,
    contracts: Mapping[str, Contract],
    lineage: Callable[[Store], Sequence[Mapping[str, Any]]],
    *,
    number: int | None = None,
    out: Path | None = None,
    figures: Sequence[str] = (),
    areas: Sequence[str] = (),
    force: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> EvidencePack:
    """Write the evidence pack of a publication.

    Args:
        store: The store.
        contracts: Contracts of all sources.
        lineage: Gives the origin of the columns of all tables of a store, as it is to be written.
        number: Number of the publication; None for the last.
        out: File to write; None for `evidence-<number>.zip` in the current folder.
        figures: Names of figures to follow to their cells.
        areas: Areas whose newest figures are followed. Without figures and areas, those of the report's area are.
        force: Whether to replace a file that is there.
        progress: Function called with a sentence about each step.

    Raises:
        UsageError: Nothing is published, there is no such publication or figure, contracts or vocabularies are others
            than then, or the file is there or cannot be written. Nothing is left behind.
    """
    manifest = manifest_of(store, number)
    file = out if out is not None else Path(f"evidence-{manifest['number']}.zip")
    if file.is_dir():
        file = file / f"evidence-{manifest['number']}.zip"
    if file.exists() and not force:
        raise UsageError(f"{file} exists. Name another file with --out, or replace it with --force.")
    agreed = agreed_files(contracts, manifest)
    held = archived(store, manifest)
    then = as_published(store, manifest, contracts, progress)
    with temporary_folder("evidence") as scratch:
        members: dict[str, bytes | Path | ArchivedBytes] = {}
        progress(SaidStep("Writing the tables", "step"))
        with open_read_model(then) as connection:
            limit_memory(connection, scratch / "spilled")
            for table in choose(connection, (*_FOR_PEOPLE, *_FOR_PROGRAMS), ()).tables:
                forms = (PARQUET,) if table.name in _FOR_PROGRAMS else (PARQUET, CSV)
                for form in forms:
                    (scratch / form).mkdir(exist_ok=True)
                written = write_table(connection, table, scratch, forms, ())
                members |= {f"tables/{path}": scratch / path for path in written.files.values()}
            said = said_of(connection)
            asked: list[str | FigureQuery] = [*figures]
            asked += newest_of_areas(connection, areas) if areas else []
            if not asked:
                asked += newest_of_the_report(connection)
        progress(SaidStep("Following figures to their cells", "step"))
        inputs = {(one.receipt.source, one.receipt.release): one.path for one in held.inputs}
        followed = follow(then, contracts, asked, inputs, progress)
        publishers = {one["source"]: Publisher(one["publisher"], one["licence"]) for one in said.sources}
        abouts = {source: about(contracts.get(source)) for source in publishers}
        members |= {one.path: _bytes_of(store, one.receipt.sha256) for one in held.inputs}
        members |= agreed
        members |= _records(store, manifest, held, lineage(then))
        members |= _chains(manifest, followed, publishers)
        why = ASKED if figures or areas else OF_THE_REPORT
        members |= pages(manifest, held, said, followed, why, publishers, abouts)
        members["README.txt"] = readme(manifest, said.synthetic, said.figures, CHECKSUMS)
        progress(SaidStep(f"Writing {file}", "step"))
        made = write_zip(file, members)
    return EvidencePack(
        file=str(file),
        publication=int(manifest["number"]),
        hash=str(manifest["hash"]),
        bytes=made.size,
        sha256=made.sha256,
        files=made.members,
        inputs=len(held.inputs),
        figures=said.figures,
        followed=tuple(one.chain.name for one in followed),
        synthetic=bool(said.synthetic),
    )


def _bytes_of(store: Store, sha256: str) -> ArchivedBytes:
    return ArchivedBytes(store.root / "archive" / sha256, sha256)


def _records(
    store: Store, manifest: Mapping[str, Any], held: Archived, lineage: Sequence[Mapping[str, Any]]
) -> dict[str, bytes | Path | ArchivedBytes]:
    """The lists that programs read, and the manifests."""
    number = int(manifest["number"])
    records: dict[str, bytes | Path | ArchivedBytes] = {
        f"publications/{file.name}": file for file in manifests(store) if int(file.stem) <= number
    }
    records["receipts.jsonl"] = held.manifest
    records["inputs.json"] = _json([one.as_document() for one in held.inputs])
    records["column_lineage.json"] = _json(lineage)
    records["libraries.json"] = _json(manifest.get("libraries", {}))
    return records


def _chains(
    manifest: Mapping[str, Any], followed: Sequence[Followed], publishers: Mapping[str, Publisher]
) -> dict[str, bytes]:
    """The chain of each figure for programs."""
    made = {}
    for one in followed:
        document = provenance_of(
            one.chain,
            publishers[one.chain.figure.source],
            manifest["hash"],
            manifest["content"]["code_version"],
        )
        place = f"figures/{one.name}"
        made[f"{place}.json"] = _json(as_document(one.chain) | {"read_again": as_document(one.again)})
        made[f"{place}.prov.json"] = f"{document.serialize(indent=1)}\n".encode()
        made[f"{place}.provn"] = (document.get_provn() + "\n").encode()
    return made


def _json(document: object) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
