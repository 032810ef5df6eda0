"""Changes of single cells: of delimited text, of the XML of workbooks and of OpenDocument.

Belongs here: the values that are put into cells, and finding the cells. Does not belong here: typing errors of numbers
whose effect on what is published is compared (`figures`).
"""

from __future__ import annotations

import csv
import io
import re
from random import Random
from xml.sax.saxutils import escape

VALUES = (
    "", " ", "0", "-1", "-0", "1e5", "1E400", "1e-400", "NaN", "inf", "-", "--", "..", "...", "c", "x", "z", ":", "[c]",
    "[low]", "u", "~", "*", "<5", "1-4", "5%", "£5", "1,234", "1.234,5", "12 345", "1\u00a0234", "١٢", "½", "²", "٣٫٥",
    "999999999999999999999", "0.1" + "0" * 300 + "1", "2024-02-30", "31/12/2024", "Dec-24", "45292", "2024-W05",
    "=1+1", "=SUM(A1:A9)", "+1", "-1+1", "@x", '=HYPERLINK("x")', "#N/A", "#REF!", "TRUE", "FALSE", "null", "None",
    "Islington", "E09000019", "E0900001", "e09000019", "Total", "England", "a" * 40_000, "line\nbreak", "tab\there",
    '"', "'", "\u200b5", "5\u200b", "\u202e5", "5 [note 1]", "5r", "(5)", "−5", "5e", "0x10", "1_000", "\ufffd", "é",
    "<b>5</b>", "&amp;", "%s%d{}", "../../x", "C:\\x", "\u0000"[:0] + "end", "2024/25", "202425", "Year ending 2024",
)  # fmt: skip


def of_delimited(rng: Random, data: bytes) -> bytes:
    """Some cells of a delimited file with other values."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig", "replace"), newline="")))
    if not any(rows):
        return data
    for _ in range(rng.choice((1, 1, 2, 10))):
        row = rng.choice([row for row in rows if row])
        row[rng.randrange(len(row))] = _value(rng)
    if rng.random() < 0.15:
        column, value = rng.randrange(max(map(len, rows))), _value(rng)
        for row in rows[1:]:
            if column < len(row):
                row[column] = value
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode()


def _value(rng: Random) -> str:
    if rng.random() < 0.3:
        return str(rng.choice((rng.randint(-5, 10**6), rng.randint(0, 50), round(rng.uniform(0, 200), 3))))
    return rng.choice(VALUES)


_CELL = re.compile(r"<c\b[^>]*?(?:/>|>.*?</c>)", re.DOTALL)
_ADDRESS = re.compile(r'\br="[^"]*"')
_KINDS = ("s", "n", "b", "e", "str", "inlineStr", "d", "", "zz")


def of_sheet(rng: Random, xml: str) -> str:
    """Some cells of the XML of a worksheet with other values, kinds or formulas."""
    cells = list(_CELL.finditer(xml))
    for _ in range(rng.choice((1, 1, 3, 10))):
        if not cells:
            break
        one = cells.pop(rng.randrange(len(cells)))
        found = _ADDRESS.search(one[0])
        address, value = (found[0] if found else ""), escape(_value(rng))
        new = rng.choice((
            f'<c {address} t="{rng.choice(_KINDS)}"><v>{value}</v></c>',
            f"<c {address}><v>{rng.choice(('1e400', '-1', 'NaN', '1e5', '', ' 7 ', '7.000000000001'))}</v></c>",
            f'<c {address} t="inlineStr"><is><t>{value}</t></is></c>',
            f"<c {address}><f>{value}</f></c>",
            f'<c {address} t="str"><f>{value}</f><v>{value}</v></c>',
            f'<c {address} t="s"><v>{rng.choice((999999, -1, 0, 3, 4294967296))}</v></c>',
            f'<c {address} s="{rng.choice((0, 5, 99999))}"><v>{rng.randint(0, 60000)}</v></c>',
        ))  # fmt: skip
        # Every other cell keeps its place in the text only if those after it are taken first.
        xml = xml.replace(one[0], new, 1)
    return xml


_ODS_VALUE = re.compile(r'office:(value|date-value|value-type|boolean-value)="[^"]*"')
_ODS_TEXT = re.compile(r"<text:p>[^<]*</text:p>")


def of_content(rng: Random, xml: str) -> str:
    """Some cells of an OpenDocument `content.xml` with other values or kinds."""
    for _ in range(rng.choice((1, 1, 3))):
        values, texts = list(_ODS_VALUE.finditer(xml)), list(_ODS_TEXT.finditer(xml))
        if values and rng.random() < 0.6:
            one, new = rng.choice(values), ""
            if one[1] == "value-type":
                new = rng.choice(("float", "string", "date", "time", "percentage", "boolean", "zz", ""))
            else:
                new = escape(_value(rng), {'"': "&quot;"})
            new = f'office:{one[1]}="{new}"'
        elif texts:
            one = rng.choice(texts)
            new = f"<text:p>{escape(_value(rng))}</text:p>"
        else:
            break
        xml = xml[: one.start()] + new + xml[one.end() :]
    return xml
