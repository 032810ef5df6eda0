"""Reading a file of `data_contracts/` as the model of its kind, and refusing it with every mistake named.

Belongs here: a validated model or problems from the bytes of YAML, JSON and CSV files; and remembering what was made
from a valid file. Does not belong here: contracts, which need more than their model (`load`), the models, and what the
program makes of them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from civic_assets.contracts.document import read_json, read_yaml
from civic_assets.contracts.file_kinds import FileKind
from civic_assets.contracts.validated_cache import keep, kept, key_of
from civic_assets.errors import ContractError

if TYPE_CHECKING:
    from pydantic import BaseModel

    from civic_assets.contracts.models.whole_file import WholeFile
    from civic_assets.contracts.problems import Problem

Made = TypeVar("Made")
_ROW = re.compile(r"^rows\[([0-9]+)\]\.?")
# The header is the first line of a table.
_FIRST_ROW = 2


def built(
    kind: FileKind,
    file: Path,
    build: Callable[[Any], Made],
    expected: type | tuple[type, ...],
    *,
    made_by: Sequence[str],
) -> Made:
    """What the program makes of a file; made again only if the file or the code has changed.

    Args:
        kind: Kind of the file.
        file: The file.
        build: Makes it from the validated model.
        expected: Type of what is made.
        made_by: Modules and folders of the package whose code makes it, e.g. `harmonise/people/categories.py`.

    Raises:
        ContractError: The file is not what its kind must be; names file, path and the nearest known name.
    """
    content = file.read_bytes()
    return remembered(
        (kind.name, content),
        lambda: build(read_valid(kind, file, content)),
        expected,
        made_by=made_by,
    )


def remembered(
    parts: Sequence[bytes | str],
    make: Callable[[], Made],
    expected: type | tuple[type, ...],
    *,
    made_by: Sequence[str],
) -> Made:
    """What was made from some parts before, or what is made from them now.

    Args:
        parts: Everything that it is made from.
        make: Makes it.
        expected: Type of what is made.
        made_by: Modules and folders of the package whose code makes it.
    """
    key = key_of(*parts, made_by=made_by)
    found = kept(key)
    if isinstance(found, expected):
        return cast(Made, found)
    made = make()
    keep(key, made)
    return made


def read_valid(kind: FileKind, file: Path, content: bytes | None = None) -> Any:
    """A file as the model of its kind.

    Args:
        kind: Kind of the file.
        file: The file.
        content: Its bytes; read from the file when None.

    Raises:
        ContractError: The file is not what its kind must be; names file, path and the nearest known name.
    """
    from civic_assets.contracts.problems import refused

    model, problems = read_typed(kind, file, file.read_bytes() if content is None else content)
    if model is None or problems:
        raise refused(file, problems)
    return model


def read_typed(kind: FileKind, file: Path, content: bytes) -> tuple[BaseModel | None, list[Problem]]:
    """A file as the model of its kind, and every mistake in it; None if it cannot be read as one.

    Args:
        kind: Kind of the file.
        file: Where it was read.
        content: Its bytes.

    Raises:
        ContractError: It is not YAML, JSON or a table at all.
    """
    from pydantic import ValidationError

    from civic_assets.contracts.problems import Problem, problems_of

    value = read_plain(kind, file, content)
    if not isinstance(value, dict):
        return None, [Problem("(top)", f"expected a mapping of keys ({kind.name})")]
    model = kind.model
    if kind.is_table and (wrong := list(_shape(kind, file, content))):
        return None, wrong
    try:
        document = model.model_validate(value)
    except ValidationError as error:
        return None, [_of_line(kind, problem) for problem in problems_of(error, model)]
    contradictions = getattr(document, "contradictions", None)
    found: Iterator[Problem] = contradictions() if contradictions is not None else iter(())
    return document, [_of_line(kind, problem) for problem in found]


def read_plain(kind: FileKind, file: Path, content: bytes) -> Any:
    """A file as plain values: what YAML or JSON says, or the rows of a table without their empty cells.

    Raises:
        ContractError: It cannot be read at all; names the place.
    """
    if file.suffix == ".json":
        return read_json(file, content)
    if kind.is_table:
        rows = csv.DictReader(io.StringIO(_text(file, content), newline=""))
        return {"rows": [{name: cell for name, cell in row.items() if name and cell} for row in rows]}
    return read_yaml(file, content)


def _text(file: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise ContractError(file, "(whole file)", "is not text in UTF-8: save it in that encoding") from None


def _shape(kind: FileKind, file: Path, content: bytes) -> Iterator[Problem]:
    """What is wrong with the header of a table, and with rows that are longer."""
    from civic_assets.contracts.models.geography import columns_of
    from civic_assets.contracts.nearest_names import nearest, suggestion
    from civic_assets.contracts.problems import Problem

    lines = csv.reader(io.StringIO(_text(file, content), newline=""))
    header, meant = next(lines, []), set[str | None]()
    columns = columns_of(cast("type[WholeFile]", kind.model))
    for name in header:
        if name not in columns:
            meant.add(nearest(name, columns))
            yield Problem("header", f"unknown column {name!r}{suggestion(name, columns, 'columns')}")
    for name, needed in columns.items():
        if needed and name not in header and name not in meant:
            yield Problem("header", f"the column {name!r} is missing")
    for line in lines:
        if len(line) > len(header):
            yield Problem(
                f"line {lines.line_num}",
                f"has {len(line)} cells, but the header has {len(header)}: put a value with a comma in quotation marks",
            )


def _of_line(kind: FileKind, problem: Problem) -> Problem:
    from civic_assets.contracts.problems import Problem

    match = _ROW.match(problem.path) if kind.is_table else None
    if match is None:
        return problem
    line, column = int(match[1]) + _FIRST_ROW, problem.path[match.end() :]
    return Problem(f"line {line}{column and ', ' + column}", problem.reason)
