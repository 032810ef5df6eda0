"""Rules about the periods that titles, covers and headers state.

Belongs here: V-09. Does not belong here: reading a period from a text (`values.period_text`) and the form of a period
(V-08, `rules.schema`).
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.parsing.observations import Caption
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import counted, day_name, measure_name, period_name
from civic_assets.quality.rules.claims.periods import periods_of_tables
from civic_assets.values.period_words import spoken_period
from civic_assets.values.periods import Period


@rule(
    "V-09",
    "Captions agree on the period",
    dimension="consistency",
    layer="validated",
    severity="warning",
    statement="Titles and covers name the years of the tables: the current year, and the year before it; no flow ends "
    "after its publication; a table covers the time that the text gives for it.",
    cannot_tell="a period that the file does not state",
    guidance="Ask the publisher which period is right.",
)
def captions_agree(release: ReleaseView) -> RuleOutcome:
    """V-09: a title of another year disputes all flows of its table, because any of them may be of that year."""
    assert release.parsed is not None
    stated = release.parsed.captions
    titles = [c for c in stated if c.table]
    covers = [c for c in stated if not c.table and _is_cover(release, c.locator)]
    findings: list[Finding] = []
    if titles:
        latest = _latest_year(release, titles, covers)
        for caption in [*titles, *covers]:
            wanted = _years_wanted(release, caption, titles, latest)
            if caption.period not in wanted:
                findings.append(_other_year(release, caption, wanted))
    findings.extend(_after_publication(release))
    checked = len(titles) + len(covers) if titles else 0
    if release.contract.published_on is not None:
        checked += release.observations.num_rows
    in_text = periods_of_tables(release)
    findings.extend(in_text.findings)
    checked += in_text.checked
    return outcome_of(checked, findings, counted(checked, "statement") + " of a period")


def _latest_year(release: ReleaseView, titles: Sequence[Caption], covers: Sequence[Caption]) -> Period:
    """The current year of the release: the one with which most titles and covers agree, of several the latest.

    Were it the latest year that any title names, one title of a later year would accuse all others.
    """

    def disagreeing(year: Period) -> int:
        return sum(c.period not in _years_wanted(release, c, titles, year) for c in (*titles, *covers))

    stated = sorted({c.period for c in titles}, reverse=True)
    return min(stated, key=disagreeing)


def _years_wanted(
    release: ReleaseView, caption: Caption, titles: Sequence[Caption], latest: Period
) -> set[Period]:
    if caption.table and release.contract.table(caption.table).occurrence == "previous":
        return {latest.year_before()}
    compares = len({c.period for c in titles if c.table == caption.table}) > 1
    return {latest, latest.year_before()} if caption.table and compares else {latest}


def _other_year(release: ReleaseView, caption: Caption, wanted: set[Period]) -> Finding:
    expected = " or ".join(map(str, sorted(wanted)))
    words = " or ".join(map(spoken_period, sorted(wanted)))
    message = (
        f"{caption.locator} names {spoken_period(caption.period)}, but the other tables of this release show "
        f"{words}: {caption.text[:120]!r}."
    )
    # A table under the title of another year: every figure in it may be of that year.
    disputed: list[str] = []
    if caption.table:
        import pyarrow.compute as pc

        table = release.observations
        mine = pc.and_(pc.equal(table["table_id"], caption.table), pc.not_equal(table["statistic"], "stock"))
        disputed = table.filter(mine)["locator"].to_pylist()
    return Finding(
        "V-09",
        message,
        caption.locator,
        [caption.locator],
        disputed,
        severity="warning",
        observed=str(caption.period),
        expected=expected,
    )


def _is_cover(release: ReleaseView, locator: str) -> bool:
    ignored = release.contract.ignores_sheet(locator.rpartition("!")[0])
    return bool(ignored and "captions" in ignored.because)


def _after_publication(release: ReleaseView) -> list[Finding]:
    """Figures of a period that was not over when they were published, one finding for each measure."""
    published = release.contract.published_on
    if published is None:
        return []
    import pyarrow as pa
    import pyarrow.compute as pc

    table = release.observations
    late = table.filter(pc.greater(table["period_end"], pa.scalar(published, pa.date32()))).to_pylist()
    findings: dict[str, Finding] = {}
    for row in late:
        period = period_name(row["period_start"], row["period_end"])
        message = (
            f"{row['locator']}: {measure_name(release.contract, row['measure'])} is captioned {period}, but was "
            f"published on {day_name(published)}, so the figure must be for an earlier period, which the file does not "
            "state."
        )
        finding = Finding(
            "V-09",
            message,
            row["locator"],
            [other["locator"] for other in late if other["measure"] == row["measure"]],
            severity="warning",
            measure=row["measure"],
            area_code=row["area_code"] or "",
            period_start=str(row["period_start"]),
            period_end=str(row["period_end"]),
            observed=f"{row['period_start']}/{row['period_end']}",
            expected=f"a period that ends before {published}",
        )
        findings.setdefault(row["measure"], finding)
    return list(findings.values())
