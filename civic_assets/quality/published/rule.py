"""A rule over derived tables: two queries in SQL, and its texts.

Belongs here: the declaration. Does not belong here: any rule (the `.sql` files in `published/rules`), reading their
files (`published.sql_rules`) and running them (`published.engine`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from civic_assets.quality.framework.results import Reason, Scope

if TYPE_CHECKING:
    from civic_assets.contracts.model import Severity

RELEASE = "published"
"""Value of `release` in results about derived tables; the value of `source` is the table."""


@dataclass(frozen=True, slots=True)
class PublishedRule:
    """One rule over the read model.

    Args:
        id: Id in the catalogue of checks.
        table: Table that the rule checks; the `source` in its results.
        checked: SQL for how many there are to check: rows of source (null unless `by_source`) and number.
        failing: SQL for one row for each finding, with the columns `observed`, `expected`, `message` and, where known,
            `n`, `measure`, `area_code`, `period_start`, `period_end`, `locator`; with `source` and `release` the
            finding is about that release; with `severity` it is less severe than the rule in general. The columns
            `engine.ABOUT` say what findings of one cause have in common.
        reason: Reason for not evaluating when there is nothing to check.
        nothing: The same in words.
        passed: Message of a pass, after the number checked.
        guidance: What to do about a finding, as a sentence.
        scope: Consequence of a failure.
        parameters: Values of the parameters of both queries, by name.
        by_source: Whether what it finds of a source depends on nothing else that is published.
        file: File that declares the rule, below `published/rules`.
    """

    id: str
    name: str
    table: str
    dimension: str
    severity: Severity
    statement: str
    cannot_tell: str
    checked: str
    failing: str
    reason: Reason
    nothing: str
    passed: str
    guidance: str
    scope: Scope = "value"
    parameters: Mapping[str, object] = field(default_factory=dict)
    by_source: bool = False
    file: str = ""


class Declared(Protocol):
    """What a result takes from a rule or an expectation."""

    @property
    def id(self) -> str:
        """Id in the catalogue of checks."""

    @property
    def dimension(self) -> str:
        """Dimension of the Government Data Quality Framework."""

    @property
    def severity(self) -> Severity:
        """Severity of a failure."""

    @property
    def scope(self) -> Scope:
        """Consequence of a failure."""
