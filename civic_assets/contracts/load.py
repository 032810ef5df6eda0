"""Reading contracts, and refusing the ones that are wrong.

Belongs here: reading one file or a folder of files, with every mistake named by file, path and reason. Does not belong
here: what may be written (`models`), names that must exist (`checks`), and which key becomes which value (`build`).
Models are imported only for a file that is not known to be valid (`validated_cache`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.contracts.document import read_yaml
from civic_assets.contracts.folders import DEFAULT_FOLDER, contracts_folder, contracts_folders
from civic_assets.contracts.identity import generic_headers_file
from civic_assets.contracts.known_names import vocabulary_file
from civic_assets.contracts.model import Contract
from civic_assets.contracts.open_questions import open_questions
from civic_assets.contracts.validated_cache import keep, kept, key_of
from civic_assets.errors import ContractError
from civic_assets.unforeseen import sentence_of

if TYPE_CHECKING:
    from civic_assets.contracts.problems import Problem

__all__ = [
    "DEFAULT_FOLDER", "contracts_folder", "contracts_folders", "contracts_sha256", "load_contract", "load_contracts",
    "read_contract", "vocabularies_sha256", "why_not_parsed", "with_parser",
]  # fmt: skip

TIDY = "tidy"
"""The parser that reads tables whose rows the contract describes."""
_SHARED = ("vocabularies/*.yaml", "geography/*.csv", "breaks.yaml")


def shared_files() -> list[Path]:
    """Vocabularies and registers that all sources share, in order."""
    folder = contracts_folder()
    return sorted(file for kind in _SHARED for file in folder.glob(kind))


def vocabularies_sha256() -> str:
    """Hash of the vocabularies and registers that all sources share, so that what was made with others is stale."""
    digest = hashlib.sha256()
    for file in shared_files():
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def contracts_sha256() -> str:
    """Hash of the files of all contracts, including those of sources without figures."""
    digest = hashlib.sha256()
    for file in sorted(file for folder in contracts_folders() for file in folder.glob("*.odcs.yaml")):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def load_contract(file: Path) -> Contract:
    """Read one contract.

    Args:
        file: `<source>.odcs.yaml`.

    Raises:
        ContractError: The file is not YAML, or does not say what a contract must say; names file, path and reason.
    """
    content = file.read_bytes()
    key = key_of(
        "contract", file.name, content, vocabulary_file().read_bytes(), generic_headers_file().read_bytes()
    )
    found = kept(key)
    if isinstance(found, Contract):
        contract = replace(found, file=file)
    else:
        from civic_assets.contracts.problems import refused

        read, problems = read_contract(file, content)
        if read is None or problems:
            raise refused(file, problems)
        contract = read
        keep(key, contract)
    contract = with_parser(contract)
    for problem in why_not_parsed(contract):
        raise ContractError(file, *problem)
    return contract


def with_parser(contract: Contract) -> Contract:
    """The contract with the parser that reads its files.

    That is the parser which the contract names, else the one that is called like the source, else the tidy parser.
    """
    ours = {item["property"]: item["value"] for item in contract.document["customProperties"]}
    named = (ours.get("parser") or {}).get("name")
    if named is None:
        named = contract.source if _is_there(contract.source) else TIDY
    return replace(contract, parser=replace(contract.parser, name=named))


def _is_there(parser: str) -> bool:
    return find_spec(f"civic_assets.sources.{parser}") is not None


def why_not_parsed(contract: Contract) -> Iterator[tuple[str, str]]:
    """Why no parser reads the files of an active contract: path and reason; none if one does."""
    if contract.status != "active":
        return
    parser = contract.parser.name
    if not _is_there(parser):
        reason = (
            f"the contract is active, but there is no parser civic_assets/sources/{parser}.py (nor in a folder that "
            "CIVIC_SOURCES names)"
        )
        yield "customProperties(parser).name", reason
    for index, table in enumerate(contract.tables if parser == TIDY else ()):
        if table.rows is None:
            reason = (
                f"table {table.name!r} does not say what a row is about: add 'rows' to the layout, or write a parser "
                f"{contract.source}.py in a folder that CIVIC_SOURCES names"
            )
            yield f"schema[{index}].customProperties(layout)", reason


def read_contract(file: Path, content: bytes) -> tuple[Contract | None, list[Problem]]:
    """One contract and every mistake in it; the contract is None if a mistake leaves nothing to work with.

    Args:
        file: Where it was read.
        content: Its bytes.

    Raises:
        ContractError: It is not YAML.
    """
    from pydantic import ValidationError

    from civic_assets.contracts.build import build_contract
    from civic_assets.contracts.checks import names_within, tables_that_others_resemble
    from civic_assets.contracts.models.contract import ContractDocument
    from civic_assets.contracts.problems import Problem, problems_of

    raw: Any = read_yaml(file, content)
    if questions := open_questions(content):
        return None, [Problem(path, reason) for path, reason in questions]
    try:
        document = ContractDocument.model_validate(raw)
    except ValidationError as error:
        return None, problems_of(error, ContractDocument)
    try:
        problems = list(names_within(document, raw, file))
        if problems:
            return None, problems
        contract = build_contract(document, raw, file, hashlib.sha256(content).hexdigest())
    except Exception as error:  # noqa: BLE001  (a mistake that no check names yet is the contract's all the same)
        return None, [Problem("(file)", f"cannot be read: {sentence_of(error)}")]
    return with_parser(contract), list(tables_that_others_resemble(contract))


@cache
def _load_all(fingerprint: tuple[tuple[Path, int, int], ...]) -> dict[str, Contract]:
    return {contract.source: contract for contract in (load_contract(file) for file, _, _ in fingerprint)}


def load_contracts(folder: Path | None = None) -> dict[str, Contract]:
    """All contracts by source, sorted; read again only when a file has changed.

    Args:
        folder: Folder of contracts; all of `contracts_folders` when None.

    Raises:
        ContractError: One of them is wrong, two are of one source, or there are none.
    """
    folders = [folder] if folder else contracts_folders()
    files = sorted(
        (file for place in folders for file in place.glob("*.odcs.yaml")), key=lambda file: file.name
    )
    if not files:
        named = " and ".join(map(str, folders))
        raise ContractError(
            named, "(folder)", "has no contract (*.odcs.yaml); set CIVIC_CONTRACTS to the right folder"
        )
    for file, following in pairwise(files):
        if file.name == following.name:
            raise ContractError(following, "(file)", f"{file} describes the same source; remove one of them")
    return _load_all(tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files))
