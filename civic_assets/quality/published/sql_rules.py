"""Reads the rules over derived tables from their `.sql` files.

Belongs here: what a file holds, and binding its parameters. Does not belong here: any rule (`rules/<group>/*.sql`) and
running them (`published.engine`).

A file is one statement in SQL that anybody can read, format and run: it begins with a comment in YAML that describes
the rule (`RuleHead`), names what it uses as common table expressions, one of which is `checked (n)`, the number of
cases, and ends, after the line `-- findings`, in the query that gives one row for each finding. Its parameters
(`$DENOMINATOR_DAYS`) are entries of the register of house numbers; `$table` is the table that the rule checks. A text
of the head may show them (`{DENOMINATOR_DAYS}`, `{DEROLLED_SHARE:.1%}`). A rule that says `by_source: true` finds the
same in a source whatever else is published, and its `checked (n, source)` has a row for each source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

import yaml
from pydantic import ValidationError

from civic_assets.contracts.model import Severity
from civic_assets.contracts.models.base import Entry, Text
from civic_assets.house_numbers.entry import HouseNumber, every_number
from civic_assets.quality.framework.results import Reason, Scope
from civic_assets.quality.published.rule import PublishedRule

FOLDER = Path(__file__).parent / "rules"
GROUPS = ("derived_tables", "latest", "unified", "revisions", "notes", "decisions", "cross_source", "privacy")
"""Folders below `FOLDER`, in the order in which their rules run and are listed."""
_HEAD = re.compile(r"\A/\*\n(?P<head>.*?)\n\*/\n(?P<shared>.*)\n-- findings\n(?P<findings>.*)\Z", re.DOTALL)
_PARAMETER = re.compile(r"\$([A-Za-z_]+)")
_TEXTS = ("statement", "cannot_tell", "guidance", "nothing", "passed")


class RuleHead(Entry):
    """The comment at the top of a rule's file; another key is refused."""

    id: Text
    name: Text
    table: Text | None = None
    tables: tuple[Text, ...] = ()
    dimension: Text
    severity: Severity
    scope: Scope = "value"
    statement: Text
    cannot_tell: Text
    guidance: Text
    reason: Reason
    nothing: Text
    passed: Text
    parameters: tuple[Text, ...] = ()
    by_source: bool = False


@cache
def every_sql_rule() -> tuple[PublishedRule, ...]:
    """All rules, in the order of `GROUPS` and then of their file names."""
    return tuple(rule for group in GROUPS for rule in rules_of(group))


@cache
def rules_of(group: str) -> tuple[PublishedRule, ...]:
    """The rules of one folder, in the order of their file names.

    Args:
        group: One of `GROUPS`.
    """
    return tuple(rule for file in sorted((FOLDER / group).glob("*.sql")) for rule in read_rule(file))


def read_rule(file: Path) -> tuple[PublishedRule, ...]:
    """The rule of a file, once for each table that it checks.

    Raises:
        ValueError: The file is not as the opening of this module says; the message names the file and what is wrong.
    """
    text = file.read_text(encoding="utf-8")
    parts = _HEAD.match(text)
    if parts is None:
        raise ValueError(
            f"{file.name} must begin with a comment in YAML (between lines `/*` and `*/`) and have a line "
            "`-- findings` before its last query."
        )
    try:
        head = RuleHead.model_validate(yaml.load(parts["head"], Loader=_LOADER))
    except (yaml.YAMLError, ValidationError) as error:
        raise ValueError(f"{file.name}: {_problem(error)}") from None
    tables = head.tables or ((head.table,) if head.table else ())
    if not tables or (head.table and head.tables):
        raise ValueError(f"{file.name} must have either `table` or `tables`.")
    numbers = _numbers(file, head, parts["shared"] + parts["findings"])
    values = {name: number.value for name, number in numbers.items()}
    texts = {name: getattr(head, name).format_map(values) for name in _TEXTS}
    checked = f"{parts['shared']}\nSELECT {'source, n' if head.by_source else 'NULL, n'} FROM checked"
    failing = f"{parts['shared']}\n{parts['findings']}"
    return tuple(
        PublishedRule(
            id=head.id,
            name=head.name,
            table=table,
            dimension=head.dimension,
            severity=head.severity,
            scope=head.scope,
            reason=head.reason,
            checked=checked,
            failing=failing,
            parameters={**values, "table": table},
            by_source=head.by_source,
            file=file.relative_to(FOLDER).as_posix() if file.is_relative_to(FOLDER) else file.name,
            **texts,
        )
        for table in tables
    )


def parameters_of(sql: str, parameters: Mapping[str, object]) -> dict[str, object]:
    """The parameters that a statement names; DuckDB refuses any others."""
    named = set(_PARAMETER.findall(sql))
    return {name: value for name, value in parameters.items() if name in named}


def _numbers(file: Path, head: RuleHead, sql: str) -> dict[str, HouseNumber]:
    """The house numbers that a rule declares, which are those that it uses.

    Raises:
        ValueError: One is not in the register, is not declared, or is not used.
    """
    in_texts = {
        field.partition(":")[0]
        for name in _TEXTS
        for _, field, _, _ in Formatter().parse(getattr(head, name))
        if field is not None
    }
    used = (set(_PARAMETER.findall(sql)) - {"table"}) | in_texts
    if used != set(head.parameters):
        raise ValueError(
            f"{file.name} declares the parameters {sorted(head.parameters)} and uses {sorted(used)}; write the "
            "same names in both places."
        )
    register = {number.name: number for number in every_number()}
    if unknown := sorted(used - set(register)):
        raise ValueError(f"{file.name} uses {', '.join(unknown)}, which the register of house numbers lacks.")
    return {name: register[name] for name in sorted(used)}


def _problem(error: yaml.YAMLError | ValidationError) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    return str(error).replace("\n", " ")


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
