"""A whole contract: the top level of `<source>.odcs.yaml`.

Belongs here: the standard's keys of the top level. Does not belong here: what is below them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from civic_assets.contracts.models.base import CamelEntry, Text
from civic_assets.contracts.models.named_list import NamedList
from civic_assets.contracts.models.properties import Properties
from civic_assets.contracts.models.standard import (
    AuthoritativeDefinition,
    Context,
    Description,
    Price,
    Role,
    Server,
    ServiceLevel,
    Support,
    Team,
)
from civic_assets.contracts.models.tables import TableEntry


class ContractDocument(CamelEntry):
    """One source, as the Open Data Contract Standard (3.1 or 3.2) and our custom properties describe it."""

    api_version: Literal["v3.1.0", "v3.2.0"]
    kind: Literal["DataContract"]
    id: Text
    name: Annotated[str, Field(description="The source; the file is called <name>.odcs.yaml.")]
    version: Text
    status: Literal["proposed", "draft", "active", "deprecated", "retired"]
    domain: Text | None = None
    tenant: str | None = None
    data_product: str | None = None
    tags: list[str] | None = None
    description: Description
    team: Team
    support: list[Support] | None = None
    price: Price | None = None
    roles: list[Role] | None = None
    servers: list[Server] | None = None
    sla_default_element: str | None = None
    sla_properties: list[ServiceLevel]
    schema_: list[TableEntry] = Field(alias="schema")
    custom_properties: NamedList[Properties]
    authoritative_definitions: list[AuthoritativeDefinition] | None = None
    context: Context | None = None
    contract_created_ts: Any = None
