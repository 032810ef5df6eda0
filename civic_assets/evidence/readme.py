"""README.txt of an evidence pack.

Belongs here: its words. Does not belong here: the pages (`pages`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TEXT = """Evidence of publication {number}
{line}

Published {published_at}, hash {hash}.{synthetic}

Open index.html in a browser. It needs no connection and no server.

What is here
------------
index.html            what was published, from which files, what was found wrong, what was decided
figures/              for each figure that was followed: a page, its chain (.json), and W3C PROV (.prov.json, .provn)
inputs/               the publishers' files, as they were received
inputs.json           these files with their hashes, addresses, times, and whether they are published
receipts.jsonl        the receipts of the archive up to this publication; each names the hash of the one before
publications/         the manifests of this publication and those before it; each names the hash of the one before
data_contracts/       contracts of the sources, vocabularies and registers
tables/               results of checks, findings, corrections, waivers, numbers of withheld figures, revisions,
                      releases and files as CSV and Parquet, and all figures as Parquet with their file (source_sha256)
                      and cell (locator)
column_lineage.json   which columns each column of each table comes from
libraries.json        versions of the libraries with which the publication was made; empty if that was not kept
{checksums}            hash of every file here

Nothing depends on the day or the folder in which this file was made: the same publication gives the same bytes.

To check it
-----------
In this folder:

    sha256sum --check --quiet {checksums}

The hash of a publication is the SHA-256 of "content" in its manifest, written as JSON with sorted keys, without spaces
and with characters as they are. In Python:

    import hashlib, json
    manifest = json.load(open("publications/{number}.json", encoding="utf-8"))
    text = json.dumps(manifest["content"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == manifest["hash"]

If a signature came with the zip file, its sender says with which key and program it was made, for example:

    ssh-keygen -Y verify -f allowed_signers -I NAME -n civic-evidence -s FILE.zip.sig < FILE.zip

To make the publication again
-----------------------------
Install civic-assets with the code {code_version}{libraries}, then:

    civic-assets rebuild --evidence FILE.zip --out FOLDER

It stops if anything comes out otherwise than it was published.
"""


def readme(manifest: Mapping[str, Any], synthetic: int, figures: int, checksums: str) -> bytes:
    """The text, for one publication.

    Args:
        manifest: Its manifest.
        synthetic: Number of figures that are made up.
        figures: Number of figures.
        checksums: Name of the list of checksums.
    """
    head = f"Evidence of publication {manifest['number']}"
    which = "All figures" if synthetic == figures else f"{synthetic:,} of {figures:,} figures"
    return _TEXT.format(
        number=manifest["number"],
        line="=" * len(head),
        published_at=manifest["published_at"],
        hash=manifest["hash"],
        synthetic=f"\n\nSYNTHETIC SAMPLE DATA: {which} are made up." if synthetic else "",
        code_version=manifest["content"]["code_version"],
        checksums=checksums,
        libraries=" and the libraries in libraries.json" if manifest.get("libraries") else "",
    ).encode()
