#!/usr/bin/env bash
# svg.py 1.10.0: a title with "&" gives an SVG that no XML parser reads.
#
# Texts of elements are written as they are, so `svg.Title(text="Police & crime")` becomes `<title>Police & crime</title>`.
# Values of attributes are not escaped either. Titles of statistics are full of "&" and "<", as in "Children & young people" and "<5".
# What to do: escape every text and value before it is given (`xml.sax.saxutils.escape`, `quoteattr`).
set -euo pipefail
work="$(mktemp -d)"; trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q --disable-pip-version-check install 'svg.py==1.10.0'
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version
from xml.etree import ElementTree

import svg


def drawn(text):
    return svg.SVG(elements=[svg.Title(text=text)]).as_str()


def is_xml(document):
    try:
        ElementTree.fromstring(document)
    except ElementTree.ParseError as error:
        return f"no: {error}"
    return "yes"


print("svg.py", version("svg.py"))
plain, with_sign = drawn("Police and crime"), drawn("Police & crime")
print(plain, is_xml(plain), sep="\n")
print(with_sign, is_xml(with_sign), sep="\n")
in_attribute = svg.SVG(elements=[svg.G(id="Police & crime")]).as_str()
print(in_attribute, is_xml(in_attribute), sep="\n")
assert is_xml(plain) == "yes" and is_xml(with_sign).startswith("no") and is_xml(in_attribute).startswith("no")
PY
