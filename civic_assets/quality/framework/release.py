"""The input of a rule: one release under examination, and the facts about its file.

Belongs here: the release as rules see it, and that an analysis of it is made once. Does not belong here: any analysis
(`quality.analyses`, `quality.equations.system`, `quality.localisation`), and rules themselves (`quality.rules`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

from civic_assets.contracts.model import Contract, Rule
from civic_assets.contracts.waivers import Waiver
from civic_assets.parsing.drift import DriftKind
from civic_assets.parsing.observations import Parsed
from civic_assets.parsing.table_finder import FoundTables
from civic_assets.quality.framework.results import Failures
from civic_assets.readers.grid import Grid

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Facts about a file other than its content.

    Args:
        name: Name of the file as the user gave it.
        sha256: Hash of the bytes now.
        registered_sha256: Hash that the manifest holds for this release; `""` when none is registered (`inspect`).
        size: Size in bytes.
        format: Format as recognised by content.
        reissue_of: Release that this one reissues.
        retrieved_at: Time of receipt, UTC; `""` when it is not in the archive.
        announced: Text in which the file says that it is a new issue of the edition; empty when it does not.
        older: Reason, from the file itself, why it is older than an issue that is held; empty when it is not.
    """

    name: str
    sha256: str
    registered_sha256: str
    size: int
    format: str
    reissue_of: str = ""
    retrieved_at: str = ""
    announced: str = ""
    older: str = ""


@dataclass
class ReleaseView:
    """One release under examination: what rules may look at.

    Args:
        release: Partition key.
        history: Observations of earlier releases of the source by release, oldest first.
        issues: Observations of published earlier issues of the same edition by release, oldest first.
        waivers: Decisions in force that concern the release.
        judge: What runs the contract's predicates: pandera in a refresh; DuckDB when None, as for `inspect`.
    """

    contract: Contract
    release: str
    file: FileFacts
    grid: Grid
    found: FoundTables
    parsed: Parsed | None
    history: Mapping[str, pa.Table] = field(default_factory=dict)
    issues: Mapping[str, pa.Table] = field(default_factory=dict)
    waivers: Sequence[Waiver] = ()
    judge: Callable[[Contract, pa.Table], Failures] | None = None
    _derived: dict[Callable[[ReleaseView], Any], Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def observations(self) -> pa.Table:
        """Validated observations.

        Raises:
            RuntimeError: The release could not be parsed; rules of the validated layer are not run then.
        """
        if self.parsed is None:
            raise RuntimeError("no observations: the release was not parsed")
        return self.parsed.observations

    @property
    def is_part(self) -> bool:
        """Whether the file holds only single tables of its edition."""
        return any(drift.kind is DriftKind.NOT_IN_FILE for drift in self.found.drift)

    def declared(self, check_id: str) -> Sequence[Rule]:
        """The contract's declarations of a check."""
        return [rule for rule in self.contract.rules if rule.check_id == check_id]

    def threshold(self, name: str) -> float | None:
        """A number of the contract, or None when it states none."""
        found = self.contract.thresholds.get(name)
        return None if found is None else found.value

    def derived(self, analysis: Callable[[ReleaseView], T]) -> T:
        """What an analysis makes of this release, computed once however many rules ask for it.

        Args:
            analysis: A function of a release, for example `quality.equations.edits.edits_of`.
        """
        if analysis not in self._derived:
            self._derived[analysis] = analysis(self)
        return cast("T", self._derived[analysis])
