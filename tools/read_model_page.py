"""Writes the tables of docs/reference/read-model.md from `data_contracts/read_model.yaml`.

Belongs here: that part of the page, between its two marks. Does not belong here: any description.

Run: python tools/read_model_page.py
"""

from __future__ import annotations

from pathlib import Path

from civic_assets.publish.read_model.descriptions import explanations

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "read-model.md"
START, END = "<!-- tables: made by tools/read_model_page.py -->", "<!-- end of tables -->"
_SCHEMAS = {
    "harmonised": "Figures",
    "catalogue": "What there is",
    "quality": "Checks, findings and registers",
}


def tables() -> str:
    """The tables of all schemas, as Markdown."""
    parts = []
    for schema, title in _SCHEMAS.items():
        lines = [f"## {title} (`{schema}`)", "", "| table | what it is for | one row is |", "|---|---|---|"]
        lines += [
            f"| `{name}` | {said.text} | {said.row} |"
            for name, said in explanations().tables.items()
            if name.startswith(f"{schema}.")
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def main() -> None:
    """Replace the text between the marks."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{START}\n{tables()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
