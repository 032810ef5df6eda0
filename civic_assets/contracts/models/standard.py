"""The parts of a contract that the Open Data Contract Standard defines and the program does not interpret further.

Belongs here: their keys, from versions 3.1 and 3.2 together, so that a contract may use the whole standard and a
misspelt key is still refused. Does not belong here: tables (`tables`) and our custom properties (`properties`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from civic_assets.contracts.models.base import CamelEntry, Number, Text


class CustomProperty(CamelEntry):
    """A custom property in a place where we define none."""

    id: str | None = None
    property: Text
    value: Any
    description: str | None = None
    vendor: str | None = None


class AuthoritativeDefinition(CamelEntry):
    """A page that says more."""

    id: str | None = None
    url: Text
    type: Text
    description: str | None = None


class _Described(CamelEntry):
    id: str | None = None
    description: str | None = None
    tags: list[str] | None = None
    custom_properties: list[CustomProperty] | None = None
    authoritative_definitions: list[AuthoritativeDefinition] | None = None


class Description(CamelEntry):
    """What the data are for, what they are not, and how they may be used."""

    purpose: Text
    limitations: Text
    usage: Text
    authoritative_definitions: list[AuthoritativeDefinition] | None = None
    custom_properties: list[CustomProperty] | None = None


class Server(CamelEntry):
    """Where the data can be had. The keys of all types of server are accepted."""

    id: str | None = None
    server: Text
    type: Text
    description: str | None = None
    environment: str | None = None
    roles: list[Role] | None = None
    custom_properties: list[CustomProperty] | None = None
    account: str | None = None
    catalog: str | None = None
    catalog_url: str | None = None
    database: str | None = None
    dataset: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    endpoint_url: str | None = None
    format: str | None = None
    host: str | None = None
    location: str | None = None
    namespace: str | None = None
    path: str | None = None
    port: int | str | None = None
    project: str | None = None
    region: str | None = None
    region_name: str | None = None
    schema_: str | None = Field(default=None, alias="schema")
    service_name: str | None = None
    staging_dir: str | None = None
    stream: str | None = None
    warehouse: str | None = None
    workgroup: str | None = None


class Role(CamelEntry):
    """Who may have access."""

    id: str | None = None
    role: Text
    description: str | None = None
    access: str | None = None
    first_level_approvers: str | None = None
    second_level_approvers: str | None = None
    custom_properties: list[CustomProperty] | None = None


class Member(_Described):
    """A person, or an address, that answers for the contract."""

    username: Text
    name: str | None = None
    role: str | None = None
    date_in: Any = None
    date_out: Any = None
    replaced_by_username: str | None = None


class Team(_Described):
    """Who answers for the contract; the first member is its owner."""

    name: str | None = None
    members: list[Member]


class Support(CamelEntry):
    """Where questions go."""

    id: str | None = None
    channel: Text
    url: str | None = None
    description: str | None = None
    tool: str | None = None
    scope: str | None = None
    invitation_url: str | None = None
    custom_properties: list[CustomProperty] | None = None


class Price(CamelEntry):
    """What the data cost."""

    id: str | None = None
    price_amount: Number | None = None
    price_currency: str | None = None
    price_unit: str | None = None


_SLA = ("availability", "endOfLife", "endOfSupport", "errorRate", "frequency", "generalAvailability", "latency",
        "retention", "throughput", "timeOfAvailability", "timeToDetect", "timeToNotify", "timeToRepair")  # fmt: skip


# Units in which the program reads a promise, and the words of the standard for them.
_UNITS = {"frequency": ("month", "months"), "latency": ("d", "day", "days")}


class ServiceLevel(CamelEntry):
    """A promise: how often figures appear (`frequency`, months), how late (`latency`, days)."""

    id: str | None = None
    property: Annotated[str, Field(examples=list(_SLA))]
    value: Any
    value_ext: Any = None
    unit: str | None = None
    element: str | None = None
    driver: Literal["regulatory", "analytics", "operational"] | None = None
    description: str | None = None
    scheduler: str | None = None
    schedule: str | None = None
    custom_properties: list[CustomProperty] | None = None
    authoritative_definitions: list[AuthoritativeDefinition] | None = None

    @model_validator(mode="after")
    def _is_read_as_it_is_written(self) -> ServiceLevel:
        units = _UNITS.get(self.property)
        if units is None:
            return self
        value = self.value
        whole = isinstance(value, (int, float)) and not isinstance(value, bool) and value == int(value)
        if not whole or value < 0:
            raise PydanticCustomError(
                "level", f"the {self.property} must be a whole number, 0 or more, found {value!r:.40}"
            )
        if self.unit is not None and self.unit not in units:
            raise PydanticCustomError(
                "level",
                f"the {self.property} is read in the unit {units[0]!r}, found {self.unit!r}; convert the value",
            )
        return self


class Relationship(CamelEntry):
    """A reference to another table or column."""

    id: str | None = None
    type: str | None = None
    from_: Any = Field(default=None, alias="from")
    to: Any = None
    custom_properties: list[CustomProperty] | None = None


class Synonym(CamelEntry):
    """Another name of a table or column (version 3.2)."""

    id: str | None = None
    synonym: Text
    description: str | None = None
    locale: str | None = None
    source: str | None = None
    status: str | None = None
    custom_properties: list[CustomProperty] | None = None


class EnumValue(_Described):
    """One of the values that a column may have (version 3.2)."""

    value: Any
    label: str | None = None


class VerifiedStatement(CamelEntry):
    """A question about the data with its answer (version 3.2)."""

    id: str | None = None
    question: str | None = None
    answer: str | None = None
    tags: list[str] | None = None
    custom_properties: list[CustomProperty] | None = None
    authoritative_definitions: list[AuthoritativeDefinition] | None = None


class Constraint(CamelEntry):
    """What an answer about the data must respect (version 3.2)."""

    id: str | None = None
    constraint: str | None = None
    tags: list[str] | None = None
    custom_properties: list[CustomProperty] | None = None
    authoritative_definitions: list[AuthoritativeDefinition] | None = None


class Context(CamelEntry):
    """What a program that answers questions about the data should know (version 3.2)."""

    instructions: Any = None
    verified_statements: list[VerifiedStatement] | None = None
    constraints: list[Constraint] | None = None


class LibraryQuality(CamelEntry):
    """A quality rule of the standard on a column; it is accepted, and run by the standard's tools."""

    id: str | None = None
    name: str | None = None
    type: str | None = None
    description: str | None = None
    dimension: str | None = None
    severity: str | None = None
    method: str | None = None
    business_impact: str | None = None
    schedule: str | None = None
    scheduler: str | None = None
    tags: list[str] | None = None
    unit: str | None = None
    metric: str | None = None
    rule: str | None = None
    arguments: Any = None
    query: str | None = None
    engine: str | None = None
    implementation: Any = None
    must_be: Any = None
    must_not_be: Any = None
    must_be_greater_than: Any = None
    must_be_greater_or_equal_to: Any = None
    must_be_less_than: Any = None
    must_be_less_or_equal_to: Any = None
    must_be_between: Any = None
    must_not_be_between: Any = None
    custom_properties: list[CustomProperty] | None = None
    authoritative_definitions: list[AuthoritativeDefinition] | None = None


class MapDefinition(CamelEntry):
    """Types of the keys and values of a column that holds mappings (version 3.2)."""

    key: Any = None
    value: Any = None
