#!/usr/bin/env bash
# gptables 2.0.2 with XlsxWriter 3.3.1: a text becomes a formula, a link or nothing, and a number loses its last digits.
#
# gptables.write_workbook takes a data frame of texts and numbers. Seen, with its defaults: a text that begins with "="
# is written as a formula; a text such as "[a](b)" becomes a link whose words are "a"; and 0.1 + 0.2 is written as 0.3,
# because XlsxWriter formats numbers with 16 digits, where a double needs up to 17. Nothing warns.
# What to do: pass workbook_options={"strings_to_formulas": False}, write texts that look like links as rich text of one
# piece, and let the worksheets write numbers with repr.
set -euo pipefail
work="$(mktemp -d)"; trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q --disable-pip-version-check install 'gptables==2.0.2' 'XlsxWriter==3.3.1' 'openpyxl==3.1.5'
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import gptables
import openpyxl
import pandas as pd

print("gptables 2.0.2")
texts = pd.DataFrame({"Area": ["=1+1", "[Home Office](all forces)", "Islington"], "Value": [0.1 + 0.2, 1.0, 2.0]})
table = gptables.GPTable(table=texts, table_name="figures", title="Figures", index_columns={2: 0})
gptables.write_workbook("a.xlsx", {"Figures": table}, contentsheet_label=None)
sheet = openpyxl.load_workbook("a.xlsx")["Figures"]
cells = {cell.row: (cell.data_type, cell.value, bool(cell.hyperlink)) for cell in sheet["A"]}
last = max(cells)
print("written as:", cells[last - 2], cells[last - 1], "and", sheet.cell(last - 2, 2).value)
assert cells[last - 2] == ("f", "=1+1", False)
assert cells[last - 1] == ("s", "Home Office", True)
assert sheet.cell(last - 2, 2).value == 0.3 != texts["Value"][0]
PY
