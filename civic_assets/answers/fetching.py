"""What a refresh asked of publishers and what they sent: a part of the answer of `refresh`, and its plan.

Belongs here: what `refresh --profile live` adds to the answer, and what `--dry-run` prints. Does not belong here:
asking (`civic_assets.acquire`), and printing for people (`civic_assets.cli.shared.live`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

FileAction: TypeAlias = Literal["new", "changed", "ask", "again", "unchanged", "same_bytes", "skipped"]
"""`new`, `changed`, `ask` (whether it has changed) and `again` are requested; the others are not."""
SourceState: TypeAlias = Literal["answered", "not_reached", "not_found", "not_taken", "not_offered"]
"""`not_reached`: the site could not be asked, or sent no sound file. `not_found`: something that is wanted was not
found. `not_taken`: a file that was sent is not a release of the source. `not_offered`: no site offers the files."""


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file that a publisher offers, and what is to be done with it."""

    source: str
    """Source that wants it."""
    wanted: str
    """Name of the entry of the contract that it satisfies."""
    title: str
    """The publisher's title."""
    url: str
    """Address of the file, or of the archive that contains it."""
    member: str | None
    """Path in the archive; null for a file of its own."""
    found_at: str
    """Address of the page or document that names it."""
    edition: str
    """The publisher's name of the edition; empty if there is none."""
    published: str | None
    """When it was put out, in UTC; null if the publisher does not say."""
    size: int | None
    """Size in bytes; null if the publisher does not say."""
    action: FileAction
    """What is to be done."""
    why: str
    """Why."""


@dataclass(frozen=True, slots=True)
class AskedSource:
    """What came of asking for one source."""

    source: str
    """The source."""
    state: SourceState
    """`answered` if all is well."""
    offered: int
    """Number of files that are offered."""
    fetched: int
    """Number of files whose bytes were sent."""
    bytes: int
    """Bytes of the answers, pages and files together."""
    requests: int
    """Number of requests that were answered."""
    not_modified: int
    """Number of those that were answered with: not modified."""
    problems: tuple[str, ...]
    """Sentences about what could not be reached, found or used; empty if `answered`."""
    notes: tuple[str, ...]
    """Sentences about replaced and withdrawn files, fewer files than before, and files that were left out."""
    by_machine: tuple[str, ...] = ()
    """Those of the problems for which this machine is to blame, such as a full disk, and not the publisher."""


@dataclass(frozen=True, slots=True)
class Fetching:
    """What a refresh asked of publishers."""

    sources: tuple[AskedSource, ...]
    """Sources by name."""
    fetched: int
    """Number of files whose bytes were sent."""
    bytes: int
    """Bytes of all answers."""
    requests: int
    """Number of requests that were answered."""
    not_modified: int
    """Number of those that were answered with: not modified."""
    replayed: bool
    """Whether a replay publisher answered instead of the publishers, as in tests."""
    damage: tuple[str, ...] = ()
    """Sentences about lines of `fetches.jsonl`, the receipts of all requests, that are not as they were written."""

    @property
    def problems(self) -> list[str]:
        """Sentences about what could not be reached, found or used."""
        return [sentence for source in self.sources for sentence in source.problems]

    @property
    def by_machine(self) -> list[str]:
        """Those for which this machine is to blame."""
        return [sentence for source in self.sources for sentence in source.by_machine]


@dataclass(frozen=True, slots=True)
class FetchPlan:
    """What a refresh would fetch."""

    profile: str
    """Always `live`."""
    store: str
    """Folder of the store."""
    dry_run: bool
    """Always true."""
    sources: tuple[AskedSource, ...]
    """Sources by name, with the requests that were needed to know what is offered."""
    files: tuple[OfferedFile, ...]
    """Every file that is offered, by source."""
    replayed: bool
    """Whether a replay publisher answered instead of the publishers, as in tests."""
    exit_code: int
    """0, or 3: a source could not be reached, or something that is wanted was not found."""
