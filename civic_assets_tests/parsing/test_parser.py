"""Every parser has the functions that recognising and reading a file call, with their arguments and answers."""

from __future__ import annotations

import inspect

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.parsing.parser import Parser, parser_of

CONTRACTS = load_contracts()


@pytest.mark.parametrize("source", [name for name, one in CONTRACTS.items() if one.status == "active"])
@pytest.mark.parametrize("function", ["edition", "parse"])
def test_parser_has_the_functions_of_the_protocol(source: str, function: str) -> None:
    own = inspect.signature(getattr(parser_of(CONTRACTS[source]), function))
    wanted = inspect.signature(getattr(Parser, function))
    assert list(own.parameters) == [name for name in wanted.parameters if name != "self"]
    assert own.return_annotation == wanted.return_annotation
