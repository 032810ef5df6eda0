"""What Dagster shows for an asset and for one materialisation of it.

Belongs here: descriptions, column schemas, column lineage, previews, links. Does not belong here: when an asset is
materialised (`assets`), and the facts themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import dagster as dg

from civic_assets.answers.document import as_document
from civic_assets.archive import Receipt
from civic_assets.contracts.model import Contract
from civic_assets.harmonise.observations import FIELDS as HARMONISED_FIELDS
from civic_assets.layers.checked import CheckedRelease
from civic_assets.layers.store import Store
from civic_assets.parsing.contract_schema import documentation
from civic_assets.parsing.observations import FIELDS as VALIDATED_FIELDS
from civic_assets.parsing.reading import SYNTHETIC_MARK
from civic_assets.publish.read_model.descriptions import explanations
from civic_assets.readers.grid import column_letters
from civic_assets.shipped import PACKAGE
from civic_assets.tables import TableRef

_PREVIEW_ROWS = 8
_PREVIEW_COLUMNS = {
    "raw": ("locator", "kind", "text"),
    "validated": (
        "measure",
        "area_name",
        "period_start",
        "period_end",
        "unit",
        "value",
        "status",
        "value_text",
        "locator",
    ),
    "harmonised": (
        "measure",
        "area_code",
        "area_name",
        "period_start",
        "period_end",
        "unit",
        "value",
        "status",
        "locator",
    ),
}
# Columns of a raw table in the form of cells (`civic_assets.readers.raw_table`); large delimited files keep their own.
RAW_FIELDS = (
    ("sheet_index", "int", "number of the sheet, from 0"),
    ("sheet", "string", "name of the sheet"),
    ("row", "int", "row, from 1"),
    ("col", "int", "column, from 1"),
    ("locator", "string", "address of the cell"),
    ("kind", "string", "n(umber), s(tring) or b(oolean)"),
    ("text", "string", "the cell as printed"),
    ("number", "float", "the number as stored; null unless the cell is one"),
)
# Columns of the other form of a raw table, with one row for each row of the file: large delimited files, and sheets
# that are read by column (ods).
_RAW_BY_COLUMN = (
    ("line", "int", "line on which the row begins, from 1"),
    ("c", "string", "column {}: the cell as printed"),
    ("k", "string", "column {}: n(umber), s(tring) or b(oolean), where not all of it is text"),
)
_NOT_NULL = {
    "measure",
    "area_code",
    "area_name",
    "unit",
    "breakdown",
    "value_text",
    "locator",
    "table_id",
    "release",
}
# Validated columns by the raw columns that they are read from. Columns that are missing here come from the contract.
_FROM_RAW = {
    "table_id": ("sheet", "text"),
    "row_number": ("row",),
    "value": ("number", "text"),
    "locator": ("locator",),
    **{
        name: ("text",)
        for name in (
            "row_kind", "measure", "area_code", "area_name", "parent_code", "partnership_code", "authority_code",
            "period_start", "period_end", "status", "value_text",
        )
    },
}  # fmt: skip
_OF_THE_ROW = {"row_number", "locator"}
_AREA = ("area_code", "area_type", "authority_code")
SYNTHETIC = f"{SYNTHETIC_MARK}: the file says of itself that its figures are made up"


def describe_layer(contract: Contract, layer: str) -> str:
    """Description of an asset, Markdown."""
    if layer == "archive":
        publisher = contract.publisher
        urls = [
            str(link["url"]) for link in contract.document["description"].get("authoritativeDefinitions", [])
        ]
        where = f" Publisher's page: {urls[0]}" if urls else ""
        return (
            f"Files of {publisher.get('name', 'the publisher')} as received, kept permanently under their sha256. "
            f"Licence: {publisher.get('licence', 'not stated')}.{where}"
        )
    if layer == "raw":
        return (
            "Every cell of the archived file as printed, with its address; nothing is changed or left out. "
            "Its checks test whether the file is what it claims to be."
        )
    if layer == "harmonised":
        return (
            "The observations in the vocabulary that all sources share: area, period, measure, unit. It has the rows "
            "of the validated table; nothing is added, dropped or computed."
        )
    return (
        "Typed observations: a value, or a status instead of one, with period, unit and the cell they were read from. "
        f"A release with a structural failure is held back and has no table.\n\n{documentation(contract)}"
    )


def column_schema(layer: str) -> dg.TableSchema:
    """Columns of a layer's tables with their meaning."""
    if layer == "raw":
        return _schema(RAW_FIELDS)
    if layer == "validated":
        return _schema(VALIDATED_FIELDS)
    return _schema((name, kind, _meaning(name, meaning)) for name, kind, meaning in HARMONISED_FIELDS)


def _meaning(column: str, otherwise: str) -> str:
    """The read model's description of a column; the layer's own description if the read model has none."""
    # Files of the harmonised layer have the printed name, which the read model has next to that of the register.
    explanation = explanations().of("area_name_printed" if column == "area_name" else column)
    return explanation.text if explanation else otherwise


def _schema(fields: Iterable[tuple[str, str, str]]) -> dg.TableSchema:
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name,
                kind,
                description=meaning,
                constraints=dg.TableColumnConstraints(nullable=name not in _NOT_NULL),
            )
            for name, kind, meaning in fields
        ]
    )


def column_lineage(source: str, layer: str, raw: Sequence[str] = ()) -> dg.TableColumnLineage | None:
    """The columns of the layer before that each column comes from.

    Args:
        source: Source of the asset.
        layer: Layer of the asset.
        raw: Columns of the raw table that a validated one was read from; those of the form of cells if empty.

    Returns:
        The lineage; None for the raw layer, whose files have no columns.
    """
    if layer == "raw":
        return None
    if layer == "validated":
        above, origin = "raw", _FROM_RAW if not raw or "text" in raw else _from_rows(raw)
    else:
        above = "validated"
        own = {name for name, _, _ in VALIDATED_FIELDS}
        origin = {name: (name,) for name, _, _ in HARMONISED_FIELDS if name in own}
        origin |= {"area_code": _AREA, "area_type": _AREA}
    key = dg.AssetKey([above, source])
    return dg.TableColumnLineage(
        {name: [dg.TableColumnDep(key, column) for column in columns] for name, columns in origin.items()}
    )


def _from_rows(raw: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Lineage if the raw table has one row for each row of the file.

    Only the parser knows what each printed column gives, so any of them may give anything except the row number.
    """
    row = tuple(name for name in raw if name in ("line", "row"))
    printed = tuple(name for name in raw if name[0] == "c" and name[1:].isdecimal())
    return {name: row if name in _OF_THE_ROW else printed for name in _FROM_RAW}


def code_references(contract: Contract, layer: str) -> dg.CodeReferencesMetadataValue:
    """Files that make an asset, relative to the repository, or to the parent of a folder of `CIVIC_SOURCES`."""
    files = {
        "raw": ("civic_assets/readers/raw_table.py",),
        "validated": (
            _parser_file(contract),
            f"{contract.file.parent.name}/{contract.file.name}",
        ),
        "harmonised": ("civic_assets/harmonise/observations.py",),
    }[layer]
    return dg.CodeReferencesMetadataValue(
        code_references=[
            dg.LocalFileCodeReference(file_path=file, line_number=1, label=file) for file in files
        ]
    )


def _parser_file(contract: Contract) -> str:
    spec = find_spec(f"civic_assets.sources.{contract.parser.name}")
    file = Path(spec.origin) if spec and spec.origin else PACKAGE / "sources"
    outside = file.parent not in (PACKAGE, PACKAGE / "sources")
    return f"{file.parent.name if outside else 'civic_assets/sources'}/{contract.parser.name}.py"


def _is_workbook(contract: Contract) -> bool:
    return bool(contract.document["schema"][0].get("physicalType") == "worksheet")


def kinds(contract: Contract, layer: str) -> set[str]:
    """Kinds of an asset, for its icons."""
    return {"excel" if _is_workbook(contract) else "csv"} if layer == "archive" else {"python", "parquet"}


def table_metadata(store: Store, ref: TableRef) -> dict[str, Any]:
    """Columns, number of rows, file and first rows of a stored table.

    The columns are also part of the asset's definition. Tools that read events, such as those for OpenLineage, see only
    what a materialisation says.
    """
    return {
        "dagster/column_schema": _raw_columns(store, ref) if ref.layer == "raw" else column_schema(ref.layer),
        "dagster/partition_row_count": ref.rows,
        "preview": dg.MetadataValue.md(preview(store, ref)),
        "parquet": dg.MetadataValue.path(str(ref.path)),
    }


def _raw_columns(store: Store, ref: TableRef) -> dg.TableSchema:
    """Columns of a raw table in either form (`civic_assets.readers.raw_table`)."""
    usual = {name: (kind, meaning) for name, kind, meaning in (*RAW_FIELDS, *_RAW_BY_COLUMN)}
    fields = []
    for name in store.tables.head(ref, 1).column_names:
        # c0001, c0002, ... and their kinds.
        kind, meaning = usual.get(name) or usual[name[0]]
        letters = column_letters(int(name[1:]) - 1) if name[1:].isdecimal() else ""
        fields.append((name, kind, meaning.format(letters)))
    return _schema(fields)


def preview(store: Store, ref: TableRef) -> str:
    """The first rows of a table as Markdown."""
    table = store.tables.head(ref, _PREVIEW_ROWS)
    names = [
        name for name in _PREVIEW_COLUMNS[ref.layer] if name in table.column_names
    ] or table.column_names[:8]
    return markdown(names, table.select(names).to_pylist())


def markdown(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(_in_cell(row[name]) for name in names) + " |" for row in rows]
    return "\n".join(lines)


def _in_cell(value: object) -> str:
    text = "" if value is None else f"{value:,.10g}" if isinstance(value, float) else str(value)
    return " ".join(text.split()).replace("|", r"\|")


def file_metadata(store: Store, receipt: Receipt) -> dict[str, Any]:
    """The file of a release."""
    metadata: dict[str, Any] = {
        "file": receipt.file_name,
        "archived as": dg.MetadataValue.path(str(store.archive.path_of(receipt.sha256))),
        "sha256": receipt.sha256,
        "bytes": receipt.size,
        "received": dg.MetadataValue.timestamp(datetime.fromisoformat(receipt.retrieved_at)),
        "origin": receipt.origin,
    }
    if receipt.url:
        metadata["url"] = dg.MetadataValue.url(receipt.url)
    if receipt.synthetic:
        metadata["warning"] = SYNTHETIC
    return metadata


def area_metadata(checked: CheckedRelease) -> dict[str, Any]:
    """Numbers of a release's area codes, and of its figures, by status in the area register."""
    rows = [
        {"area codes": how.replace("_", " "), "codes": numbers.codes, "figures": numbers.figures}
        for how, numbers in checked.facts.area_codes.items()
    ]
    shown = markdown(("area codes", "codes", "figures"), rows) if rows else "no figures, so no areas"
    return {"area codes": dg.MetadataValue.md(shown)}


def release_metadata(checked: CheckedRelease) -> dict[str, Any]:
    """Facts about a release: its tables, kinds of rows, drift, disputed figures, why it is held back."""
    facts = checked.facts
    tables = [as_document(table) for table in facts.tables]
    metadata: dict[str, Any] = {
        "tables": dg.MetadataValue.md(markdown(("table", "sheet", "title", "rows"), tables)),
        "kinds of rows": dg.MetadataValue.json(facts.row_kinds),
        "disputed figures": facts.disputed,
        "looked back to": ", ".join(facts.history) or "no earlier release",
        **area_metadata(checked),
    }
    if facts.drift:
        sentences = [drift.message for drift in facts.drift]
        metadata["drift from the contract"] = dg.MetadataValue.md(
            "\n".join(f"- {sentence}" for sentence in sentences)
        )
    if checked.held_back:
        metadata["held back because"] = dg.MetadataValue.md(
            "\n".join(f"- {reason}" for reason in checked.held_back)
        )
    if facts.synthetic:
        metadata["warning"] = SYNTHETIC
    return metadata
