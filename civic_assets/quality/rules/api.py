"""Rules about answers of a publisher's API.

Belongs here: R-10. Does not belong here: files, which are whole or cut (`rules.file`).
"""

from __future__ import annotations

from civic_assets.contracts.model import Contract
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import counted


def _has_an_api(contract: Contract) -> bool:
    return contract.answers_of_at_most is not None


@rule(
    "R-10",
    "Answer of an API is whole",
    dimension="completeness",
    layer="raw",
    severity="blocking",
    scope="structural",
    statement="An answer holds everything that was requested: it does not reach the number of records at which the API "
    "stops.",
    cannot_tell="whether an answer that does not say what was requested is complete, and what the publisher never held",
    guidance="Request a smaller area, or one type at a time.",
    applies=_has_an_api,
)
def answer_is_whole(release: ReleaseView) -> RuleOutcome:
    """R-10: an answer at the API's limit is cut; of a smaller one nobody knows, unless it says what was asked.

    Never a pass: the answer does not say which months, areas and types were requested.
    """
    if release.grid.format != "json":
        return not_evaluated("not_applicable", "this is a file of the publisher, not the answer of an API")
    records = sum(len(block.rows) for block in release.found.blocks.values())
    limit = release.contract.answers_of_at_most
    if limit is not None and records >= limit.records:
        message = (
            f"{release.file.name} holds {counted(records, 'record')}, the most that the API returns "
            f"({limit.because}): others may be missing."
        )
        finding = Finding("R-10", message, observed=str(records), expected=f"< {limit.records}")
        return outcome_of(1, [finding])
    return not_evaluated(
        "no_reference",
        f"the answer ({counted(records, 'record')}) does not say which months, places and types were requested, so "
        "it may not be complete",
    )
