#!/usr/bin/env bash
# gptables 2.0.2 with XlsxWriter 3.3.1: a text becomes a formula, another ends the program, and a number loses digits.
#
# gptables.write_workbook takes a data frame of texts and numbers. Seen, with its defaults: a text that begins with "="
# is written as a formula, and 0.1 + 0.2 as 0.3, because XlsxWriter formats numbers with 16 digits, where a double needs
# up to 17. Nothing warns. A text such as "[Home Office](all forces)" is taken for a link and ends with "Unknown URL type".
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


def write(*areas):
    figures = pd.DataFrame({"Area": areas, "Value": [0.1 + 0.2] * len(areas)})
    table = gptables.GPTable(table=figures, table_name="figures", title="Figures", index_columns={2: 0})
    gptables.write_workbook("a.xlsx", {"Figures": table}, contentsheet_label=None)
    sheet = openpyxl.load_workbook("a.xlsx")["Figures"]
    return sheet.cell(sheet.max_row, 1), sheet.cell(sheet.max_row, 2)


text, number = write("=1+1")
print("text:", text.data_type, text.value, "number:", number.value)
assert text.data_type == "f" and number.value == 0.3 != 0.1 + 0.2
try:
    write("[Home Office](all forces)")
except ValueError as error:
    print("link:", error)
    assert "Unknown URL type: all forces" in str(error)
else:
    raise SystemExit("The text is no longer taken for a link.")
PY
