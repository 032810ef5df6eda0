"""The catalogue of checks as a page, generated from the rules.

Belongs here: rendering. Does not belong here: the rules. `python -m civic_assets.quality.catalogue > docs/checks.md`
writes the page; a test says when it is out of date.
"""

from __future__ import annotations

from collections.abc import Iterator

from civic_assets.quality.expectations.suites import expectations
from civic_assets.quality.published.engine import ALL_RULES
from civic_assets.quality.run import catalogue

_LAYERS = {
    "raw": "Raw: is this the file that it claims to be?",
    "validated": "Validated: is one release consistent with itself?",
    "harmonised": "Harmonised: can these figures be used together?",
}
_INTRODUCTION = """# Checks

Made from the rules by `python -m civic_assets.quality.catalogue`; do not edit.

An outcome is *pass*, *fail* or *not evaluated* with a reason. A check that was not evaluated is never shown or counted
as passed.

- **structural** and blocking: a failure holds the release back, and the last good publication stays in place.
- **value** and blocking: the figures are published as printed and marked `disputed`.
- **privacy** and blocking: the figure is withheld. It cannot be waived.
- **warning**: the figures are published with the finding. **info**: the finding is listed.

A contract may lower a severity for its source, with a reason.
"""


def page() -> str:
    """The catalogue as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _INTRODUCTION
    layer = ""
    for spec in catalogue():
        if spec.layer != layer:
            layer = spec.layer
            yield f"## {_LAYERS[layer]}\n"
            yield "| id | name | dimension | severity | states | does not show | what to do |"
            yield "|---|---|---|---|---|---|---|"
        severity = f"{spec.severity}, {spec.scope}"
        yield (
            f"| {spec.id} | {spec.name} | {spec.dimension} | {severity} | {spec.statement} | {spec.cannot_tell} "
            f"| {spec.guidance} |"
        )
    yield "\n## Published: do the derived tables keep to the rules?\n"
    yield "| id | table | name | dimension | severity | states | does not show | what to do |"
    yield "|---|---|---|---|---|---|---|---|"
    for rule in ALL_RULES:
        cells = (
            rule.id,
            rule.table,
            rule.name,
            rule.dimension,
            rule.severity,
            rule.statement,
            rule.cannot_tell,
            rule.guidance,
        )
        yield f"| {' | '.join(cells)} |"
    yield "\n## Expectation suites: are published releases consistent with the releases before them?\n"
    yield "Files in `data_contracts/expectations/`, run by Great Expectations ([how](expectations.md)).\n"
    yield "| id | suite | name | dimension | severity | states | because | does not show |"
    yield "|---|---|---|---|---|---|---|---|"
    for one in expectations():
        texts = (
            one.id,
            one.profile,
            one.name,
            one.dimension,
            one.severity,
            one.statement,
            one.because,
            one.cannot_tell,
        )
        yield f"| {' | '.join(texts)} |"


if __name__ == "__main__":
    print(page(), end="")
