"""Rules as declarations: what each checks, how serious it is, and what it cannot tell.

Belongs here: the register of rules and what a rule is given. Does not belong here: any rule itself, and running
them (`engine`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from civic_assets.contracts.model import Contract, Rule, Severity
from civic_assets.contracts.waivers import Waiver
from civic_assets.quality.results import Layer, Scope, Verdict
from civic_assets.readers.drift import DriftKind
from civic_assets.readers.grid import Grid
from civic_assets.readers.table_finder import FoundTables
from civic_assets.sources.observations import Parsed

if TYPE_CHECKING:
    import pyarrow as pa

    from civic_assets.harmonise.standing import CodeAt
    from civic_assets.quality.edits import Edits
    from civic_assets.quality.gate import Failures
    from civic_assets.quality.repairs import Localisation
    from civic_assets.quality.series import Series
    from civic_assets.quality.time_rules import Shown


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of the bytes, apart from their content.

    Args:
        name: As the user knows the file.
        sha256: Of the bytes now.
        registered_sha256: That the manifest holds for this release; `""` when nothing is registered (`inspect`).
        size: In bytes.
        format: As recognised by content.
        reissue_of: Release of which this is a reissue.
        url: Where it was fetched; `""` for a file that was given.
        retrieved_at: When it was received, UTC; `""` when it is not in the archive.
        announced: How the file itself says that it is a new issue of the edition; empty when it does not.
        older: Why it is an older issue than one that is held, by its own words; empty when it is not.
    """

    name: str
    sha256: str
    registered_sha256: str
    size: int
    format: str
    reissue_of: str = ""
    url: str = ""
    retrieved_at: str = ""
    announced: str = ""
    older: str = ""


@dataclass
class Release:
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
        """Does the file hold single tables of its edition only?"""
        return any(drift.kind is DriftKind.NOT_IN_FILE for drift in self.found.drift)

    def declared(self, check_id: str) -> Sequence[Rule]:
        """The contract's declarations of a check."""
        return [rule for rule in self.contract.rules if rule.check_id == check_id]

    def threshold(self, name: str) -> float | None:
        """A number of the contract, or None when it states none."""
        found = self.contract.thresholds.get(name)
        return None if found is None else found.value

    @cached_property
    def edits(self) -> Edits:
        """Identities, parents and triangles of this release, with what is broken and how it could be repaired."""
        from civic_assets.quality.edits import Edits

        return Edits.of(self)

    @cached_property
    def localisation(self) -> Localisation:
        """Which cells the broken edits accuse."""
        from civic_assets.quality.repairs import Localisation

        return Localisation(self)

    @cached_property
    def area_codes(self) -> Sequence[CodeAt]:
        """Area codes by period, and how they stand to the area register."""
        from civic_assets.harmonise.register import AreaRegister
        from civic_assets.harmonise.standing import codes_at

        return codes_at(self.observations, AreaRegister.shipped())

    @cached_property
    def periods_shown(self) -> Mapping[str, Sequence[Shown]]:
        """Every period of every series of a table, in order of time, by statistic."""
        from civic_assets.quality.time_rules import shown_periods

        return shown_periods(self.observations)

    @cached_property
    def implied_bases(self) -> pa.Table | None:
        """Bases that counts and rates imply (`quality.implied_bases`); None where the contract declares none."""
        from civic_assets.quality.implied_bases import intervals_of

        return intervals_of(self.contract, self.release, self.observations)

    @cached_property
    def counts_over_time(self) -> tuple[Series, int]:
        """Counts of events of this and of earlier releases, series by periods, and how many this release has.

        Series too short for a history are left out. Made once for all rules that look at the course of a series.
        """
        from itertools import chain

        from civic_assets.quality.history import columns_of
        from civic_assets.quality.series import COLUMNS, HISTORY, series_of

        earlier = (columns_of(self.history, name, COLUMNS) for name in self.history)
        return series_of(chain(earlier, [self.observations.select(list(COLUMNS))]), HISTORY)

    @cached_property
    def gate(self) -> Mapping[str, tuple[int, Sequence[int]]]:
        """Failing observations by rule of the compiled contract, with the number checked."""
        from civic_assets.quality.gate import run_gate

        return (self.judge or run_gate)(self.contract, self.observations)


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One rule of the catalogue.

    Args:
        id: As in the catalogue of checks.
        name: In a few words.
        dimension: Of the Government Data Quality Framework.
        statement: What is computed, in one sentence.
        cannot_tell: What the rule does not show even when it passes.
        applies: Does it concern a source at all?
        run: The rule.
    """

    id: str
    name: str
    dimension: str
    layer: Layer
    severity: Severity
    scope: Scope
    statement: str
    cannot_tell: str
    applies: Callable[[Contract], bool]
    run: Callable[[Release], Verdict]

    def severity_for(self, contract: Contract) -> Severity:
        """Severity in a source: as the contract declares it, else the catalogue's."""
        if self.id in contract.severities:
            return contract.severities[self.id][0]
        declared = {rule.severity for rule in contract.rules if rule.check_id == self.id}
        return next((level for level in ("blocking", "warning", "info") if level in declared), self.severity)


RULES: dict[str, RuleSpec] = {}


def always(_: Contract) -> bool:
    """The rule concerns every source."""
    return True


def declared(check_id: str) -> Callable[[Contract], bool]:
    """The rule concerns sources whose contract declares it."""
    return lambda contract: any(rule.check_id == check_id for rule in contract.rules)


def rule(
    id: str,
    name: str,
    *,
    dimension: str,
    layer: Layer,
    severity: Severity,
    statement: str,
    cannot_tell: str,
    scope: Scope = "value",
    applies: Callable[[Contract], bool] = always,
) -> Callable[[Callable[[Release], Verdict]], Callable[[Release], Verdict]]:
    """Registers a function as a rule of the catalogue.

    Raises:
        ValueError: The id is taken.
    """

    def register(run: Callable[[Release], Verdict]) -> Callable[[Release], Verdict]:
        if id in RULES:
            raise ValueError(f"two rules are called {id}")
        RULES[id] = RuleSpec(
            id, name, dimension, layer, severity, scope, statement, cannot_tell, applies, run
        )
        return run

    return register
