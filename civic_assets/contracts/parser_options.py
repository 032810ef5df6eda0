"""The options of one parser: what its module needs to know, and no other part of the program.

Belongs here: the base of the models that parsers declare, and reading a contract's options through one of them. Does
not belong here: the options of any parser (they are declared in its module), and which module that is
(`civic_assets.parsing.claims`).

A parser declares a frozen dataclass, which costs nothing to import; pydantic checks the options against it:

    @dataclass(frozen=True, kw_only=True)
    class Options(ParserOptions):
        force: str
        boroughs: Mapping[str, str]

Keys in a contract are in camel case (`airportUnits` for `airport_units`). Unknown and missing options are refused.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar, get_type_hints

from civic_assets.contracts.model import Contract
from civic_assets.contracts.validated_cache import keep, kept, key_of

Declared = TypeVar("Declared", bound="ParserOptions")
_PATH = "customProperties(parser).options"
_READ: dict[tuple[str, str, str], Any] = {}


def written(name: str) -> str:
    """The key of an option in a contract: `airportUnits` for the field `airport_units`, `from` for `from_`."""
    first, *others = name.rstrip("_").split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)


class ParserOptions:
    """Base of the options of a parser, and of the entries in them. Subclasses are frozen dataclasses."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid", "alias_generator": written}

    @classmethod
    def written_keys(cls) -> Mapping[str, Any]:
        """Types of the options by their keys in a contract."""
        fields = getattr(cls, "__dataclass_fields__", {})
        hints = get_type_hints(cls, include_extras=True)
        return {written(name): hints[name] for name in fields}

    @classmethod
    def of(cls, contract: Contract) -> Self:
        """The options of a contract, checked once.

        Raises:
            ContractError: An option is unknown, missing or of another type; names file, path and the nearest option.
        """
        place = (contract.sha256, cls.__module__, cls.__qualname__)
        if place not in _READ:
            _READ[place] = _read(cls, contract)
        found: Self = _READ[place]
        return found


@dataclass(frozen=True)
class NoOptions(ParserOptions):
    """The options of a parser that declares none."""


def declared_by(module: object) -> type[ParserOptions]:
    """The model of options that a parser's module declares; `NoOptions` if it declares none."""
    found: type[ParserOptions] = getattr(module, "Options", NoOptions)
    return found


def _read(declared: type[Declared], contract: Contract) -> Declared:
    file = getattr(sys.modules.get(declared.__module__), "__file__", None)
    content = Path(file).read_bytes() if file else b""
    key = key_of(contract.sha256, declared.__module__, declared.__qualname__, content)
    found = kept(key)
    if isinstance(found, declared):
        return found
    from civic_assets.contracts.problems import refused

    options, problems = checked(declared, contract)
    if problems:
        raise refused(contract.file, problems)
    keep(key, options)
    return options  # type: ignore[no-any-return]


def checked(declared: type[ParserOptions], contract: Contract) -> tuple[Any, list[Any]]:
    """A contract's options as a parser declares them, or every mistake in them.

    Args:
        declared: The parser's `Options`.
        contract: Contract whose `parser.options` are read.

    Returns:
        The options (None if there is a mistake) and the problems.
    """
    from pydantic import TypeAdapter, ValidationError

    from civic_assets.contracts.problems import Problem, problems_of

    try:
        return TypeAdapter(declared).validate_python(dict(contract.parser.options)), []
    except ValidationError as error:
        found = problems_of(error, declared)
    return None, [Problem(_below(one.path), one.reason) for one in found]


def _below(path: str) -> str:
    if path == "(top)":
        return _PATH
    return f"{_PATH}{path}" if path.startswith("[") else f"{_PATH}.{path}"
