"""The catalogue of checks as a page, generated from the rules.

Belongs here: rendering, and which module and which failing fixture belong to a check. Does not belong here: the rules.
`python -m civic_assets.quality.catalogue > docs/reference/checks.md` writes the page; a test notices when it is old.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from civic_assets.house_numbers.entry import every_number
from civic_assets.quality.expectations.suites import expectations
from civic_assets.quality.published.engine import ALL_RULES
from civic_assets.quality.run import catalogue
from civic_assets.shipped import SHIPPED

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

_TESTS = SHIPPED / "civic_assets_tests"
# Test files with the failing fixtures of rules over derived tables, by folder, where it is not `test_published_rules`.
_FIXTURES = {
    "cross_source": "quality/published/test_cross_source.py",
    "decisions": "acceptance/test_decisions.py",
    "notes": "quality/published/test_notes.py",
    "latest": "publish/read_model/test_latest.py",
    "privacy": "publish/disclosure/test_withholding.py",
    "revisions": "quality/published/test_revisions.py",
    "unified": "quality/published/test_published_rules.py",
}


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
        yield from _section(
            f"{spec.id}: {spec.name}",
            {
                "States": spec.statement,
                "Does not show": spec.cannot_tell,
                "What to do": spec.guidance,
                "Kind": f"{spec.dimension}; {spec.severity}, {spec.scope}",
            },
        )
    yield "## Published: do the derived tables keep to the rules?\n"
    for rule in ALL_RULES:
        yield from _section(
            f"{rule.id}: {rule.name} (`{rule.table}`)",
            {
                "States": rule.statement,
                "Does not show": rule.cannot_tell,
                "What to do": rule.guidance,
                "Kind": f"{rule.dimension}; {rule.severity}",
            },
        )
    yield "## Expectation suites: are published releases consistent with the releases before them?\n"
    yield "Files in `data_contracts/expectations/`, run by Great Expectations ([how](expectations.md)).\n"
    for one in expectations():
        yield from _section(
            f"{one.id}: {one.name} (`{one.profile}`)",
            {
                "States": one.statement,
                "Because": one.because,
                "Does not show": one.cannot_tell,
                "Kind": f"{one.dimension}; {one.severity}",
            },
        )
    yield "## House numbers\n"
    yield (
        "Thresholds, counts, shares, windows and tolerances that were chosen here. They are declared in "
        "`civic_assets/house_numbers/`"
    )
    yield (
        "and published in `catalogue.house_numbers`, with those of contracts and of the bias register. The quality "
        "report lists them too."
    )
    for subject, numbers in groupby(every_number(), key=lambda number: number.subject):
        yield f"\n### {subject.replace('_', ' ').capitalize()}\n"
        yield "| name | what | value | unit | because | used by |"
        yield "|---|---|---|---|---|---|"
        for number in numbers:
            numbered = (
                f"`{number.name}`",
                number.what,
                number.printed,
                number.unit,
                number.because,
                ", ".join(number.checks),
            )
            yield f"| {' | '.join(numbered)} |"
    yield "\n## Where to find a check\n"
    yield "The module or `.sql` file holds the rule. The test file holds a fixture that makes it fail, in most files in"
    yield "`DEFECTS`.\n"
    yield "| id | file | failing fixture |"
    yield "|---|---|---|"
    for check_id, module, fixture in places():
        yield f"| {check_id} | `{module}` | `{fixture}` |"


def _section(heading: str, texts: Mapping[str, str]) -> Iterator[str]:
    """A check under a heading of its own: its texts are too long for the cells of a table."""
    yield f"### {heading}\n"
    yield from (f"- **{label}**: {text}" for label, text in texts.items())
    yield ""


def places() -> list[tuple[str, str, str]]:
    """Id, module and test file with a failing fixture of every check; paths from the top of the checkout."""
    found = [(spec.id, _path(spec.run.__module__), _defect_file(spec.id)) for spec in catalogue()]
    for rule in ALL_RULES:
        fixture = _FIXTURES.get(rule.file.partition("/")[0], "quality/published/test_published_rules.py")
        found.append(
            (rule.id, f"civic_assets/quality/published/rules/{rule.file}", f"civic_assets_tests/{fixture}")
        )
    fixture = "civic_assets_tests/quality/expectations/test_run_suites.py"
    found += [(one.id, f"data_contracts/expectations/{one.profile}.json", fixture) for one in expectations()]
    return sorted(set(found))


def _defect_file(check_id: str) -> str:
    """The test file whose `DEFECTS` hold the failing fixture of a rule over one release."""
    for file in sorted((_TESTS / "quality" / "rules").rglob("*.py")):
        if f'"{check_id}": ' in file.read_text(encoding="utf-8"):
            return file.relative_to(_TESTS.parent).as_posix()
    raise LookupError(f"{check_id} has no failing fixture in {_TESTS / 'quality' / 'rules'}")


def _path(module: str) -> str:
    return f"{module.replace('.', '/')}.py"


if __name__ == "__main__":
    print(page(), end="")
