"""The indicators that ship, and what their vocabulary may not say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from civic_assets.contracts.load import contracts_folder, load_contracts
from civic_assets.errors import ContractError
from civic_assets.harmonise.measures.indicators import indicators, read_indicators
from civic_assets.harmonise.measures.vocabulary import measure_of

SHIPPED = contracts_folder() / "vocabularies" / "indicators.yaml"


def test_there_is_one_for_each_row_of_the_reports_table() -> None:
    labels = load_contracts()["gla_report"].measure_labels
    rows = [label for label, entry in labels.items() if entry.percent_measure]
    assert [one.report_label.casefold().replace("–", "-") for one in indicators().all] == rows


def test_every_figure_is_of_a_source_and_a_measure_that_there_are() -> None:
    contracts = load_contracts()
    for one in indicators().all:
        for series in one.series:
            assert series.source in contracts, series
            assert all(measure_of(measure, series.source) for measure, _ in series.terms), series


def test_every_denominator_is_named_or_its_absence_explained() -> None:
    for one in indicators().all:
        held = [series for series in one.series if series.role == "denominator"]
        assert all(series.ages and series.of for series in held)
        assert held or one.no_denominator, one.name


def changed(tmp_path: Path, **changes: Any) -> Path:
    content = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    entry = content["indicators"]["referrals"]
    for key, value in changes.items():
        entry.pop(key) if value is None else entry.update({key: value})
    file = tmp_path / "indicators.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": None}, "title must be stated"),
        ({"colour": "red"}, "unknown key colour"),
        ({"count": None}, "neither a count nor a rate"),
        ({"same_base_as": "nothing"}, "which is not an indicator"),
        ({"count": [{"source": "dfe_lait", "unit": "count", "measure": "pupils"}]}, "names no figure"),
        ({"denominators": [{"source": "dfe_lait", "unit": "count", "measure": "pupils", "breakdown": "total"}]},
         "needs `ages` and `of`"),
        ({"count": [{"source": "dfe_lait", "unit": "count", "table": "x"}]}, "needs source and unit"),
    ],
)  # fmt: skip
def test_what_it_may_not_say_is_refused_with_its_place(
    tmp_path: Path, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ContractError, match=sentence) as caught:
        read_indicators(changed(tmp_path, **changes))
    assert "referrals" in str(caught.value)
