"""Texts that a spreadsheet would take for a formula.

Belongs here: which texts those are. Does not belong here: what is done about them (`civic_assets.package.tables`).

A guard in a cell, such as an apostrophe, changes what every program reads: a spreadsheet and a program read the same
characters. So cells are never changed here. They are found.
"""

from __future__ import annotations

FORMULA = (
    r"(^|[;\t\r\n])\s*"  # the cell begins, or begins for a program that separates at semicolons, tabs or lines
    r"([=@＝＠＋－]"
    r"|[+-]+\s*([^\s0-9.,;+-]"  # a sign and no number: a name, a bracket, a quote
    r"|[0-9.,]+%?\s*[-+*/^&=<>(!:|{\[]))"  # a number that is followed by an operator
)
"""Texts that may be evaluated, as a pattern for `regexp_matches` of DuckDB (RE2) and `re.search` of Python.

It takes in more than any one spreadsheet does: LibreOffice evaluates what begins with `=`, Excel also `+`, `-` and `@`.
A number, a sign alone and a number in front of words are not formulas, so that `-5.4`, `-` and `-3 and 1` pass.
"""
SHEET_ROWS = 1_048_576
"""Rows of a sheet of Excel and of LibreOffice, the row of headers among them."""
