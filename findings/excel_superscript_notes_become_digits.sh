#!/usr/bin/env bash
# openpyxl 3.1.5, python-calamine 0.5.3 and pandas 2.3.3: a superscript note of a header becomes part of its number.
#
# Publishers of statistics mark notes with superscripts: a header "2019" with the notes 1 and 2 is a rich text of two
# runs in the workbook. Seen: all three readers return the plain text "20191,2", without a sign that the end is raised,
# so that a year, a count or a name can be read with a note's digits. Only openpyxl, and only with rich_text=True,
# keeps the runs and says which one is raised (vertAlign). A header "2019" with the single note 1 is read as "20191".
# What to do: read the runs, or compare each text that ends in digits with the numbers of the notes of the workbook.
set -euo pipefail
work="$(mktemp -d)"; trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q --disable-pip-version-check install 'openpyxl==3.1.5' 'python-calamine==0.5.3' 'pandas==2.3.3'
cd "$work"
"$work/venv/bin/python" - <<'PY'
import openpyxl, pandas, python_calamine
from importlib.metadata import version
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

for name in ("openpyxl", "python-calamine", "pandas"):
    print(name, version(name))
book = openpyxl.Workbook()
book.active["A1"] = CellRichText("2019", TextBlock(InlineFont(vertAlign="superscript"), "1,2"))
book.active["A2"] = CellRichText("2019", TextBlock(InlineFont(vertAlign="superscript"), "1"))
book.save("table.xlsx")

plain = [openpyxl.load_workbook("table.xlsx").active[cell].value for cell in ("A1", "A2")]
calamine = [row[0] for row in python_calamine.load_workbook("table.xlsx").get_sheet_by_index(0).to_python()]
framed = pandas.read_excel("table.xlsx", header=None)[0].tolist()
rich = openpyxl.load_workbook("table.xlsx", rich_text=True).active["A1"].value
print("openpyxl:", plain, "calamine:", calamine, "pandas:", framed)
print("openpyxl with rich_text:", rich[0], rich[1].text, rich[1].font.vertAlign)
assert plain == calamine == framed == ["20191,2", "20191"], (plain, calamine, framed)
assert (str(rich[0]), rich[1].text, rich[1].font.vertAlign) == ("2019", "1,2", "superscript")
PY
