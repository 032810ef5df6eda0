"""What a rule over the tables that we make is: two questions in SQL, and the words around them.

Belongs here: the declaration. Does not belong here: any rule (`published_rules` and the modules that it registers) and
running them (`published_engine`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from civic_assets.quality.framework.results import Reason, Scope

if TYPE_CHECKING:
    from civic_assets.contracts.model import Severity

RELEASE = "published"
"""What stands in place of a release in results about our own tables; in place of the source stands the table."""


@dataclass(frozen=True, slots=True)
class PublishedRule:
    """One rule over the read model.

    Args:
        id: As in the catalogue of checks.
        table: That it is about; stands as `source` in its results.
        checked: SQL of one number: how many there are to check.
        failing: SQL of one row for each finding, with the columns `observed`, `expected`, `message`, and where they are
            known `n`, `measure`, `area_code`, `period_start`, `period_end`, `locator`; with `source` and `release` the
            finding is one about that release.
        reason: Why nothing can be said when there is nothing to check.
        nothing: The same as a sentence.
        passed: What was found in order.
        guidance: What to do about a finding, as a sentence.
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


class Declared(Protocol):
    """What a result takes from whatever was declared: a rule, or an expectation."""

    @property
    def id(self) -> str:
        """As in the catalogue of checks."""

    @property
    def dimension(self) -> str:
        """Of the Government Data Quality Framework."""

    @property
    def severity(self) -> Severity:
        """Of a failure."""

    @property
    def scope(self) -> Scope:
        """Of a failure."""
