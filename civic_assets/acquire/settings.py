"""Settings of fetching: who asks, which areas are wanted, and the replay publisher of tests.

Belongs here: reading `civic.toml` and the two environment variables of tests. Does not belong here: what each source
offers and which hosts it may ask (its contract).
"""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from civic_assets import __version__
from civic_assets.acquire.areas import Areas
from civic_assets.errors import UsageError

SETTINGS_FILE = "civic.toml"
SETTINGS = "CIVIC_SETTINGS"
REPLAY = "CIVIC_REPLAY"
REPLAY_AUTHORITY = "CIVIC_REPLAY_AUTHORITY"
_ORGANISATION = "civic_assets"
# A name that is reserved for examples (RFC 2606) and leads nowhere: whose installation asks is for its owner to say.
_SITE = "https://civic-assets.example/"


@dataclass(frozen=True, slots=True)
class Replay:
    """The replay publisher of tests: a loopback address that is connected to for every host.

    Args:
        host: Loopback address.
        port: Port.
        authority: File with the certificate of the authority that it is trusted by.
    """

    host: str
    port: int
    authority: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of fetching.

    Args:
        organisation: Name that publishers are told.
        site: Site of the organisation that publishers are told.
        areas: Areas that are wanted.
        automatic: Whether Dagster's schedules and sensors ask publishers by themselves.
        automatic_sources: Sources for which they do; all if empty.
        replay: The replay publisher, in tests.
    """

    organisation: str = _ORGANISATION
    site: str = _SITE
    areas: Areas = field(default_factory=Areas)
    automatic: bool = False
    automatic_sources: tuple[str, ...] = ()
    replay: Replay | None = None

    @property
    def named(self) -> bool:
        """Whether the owner of this installation has said who asks."""
        return (self.organisation, self.site) != (_ORGANISATION, _SITE)

    @property
    def user_agent(self) -> str:
        """What publishers are told, in the form that the ONS asks for: name/version (organisation +site)."""
        return f"civic-assets/{__version__} ({self.organisation} +{self.site})"


def read_settings(file: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Args:
        file: The file; by default the one that `CIVIC_SETTINGS` names, else `civic.toml` in the current folder.
        environment: Environment variables.

    Returns:
        The settings; the defaults if there is no such file.

    Raises:
        UsageError: The file or a variable says something that is not known.
    """
    document, path = settings_document(file, environment)
    return _settings(document, path, _replay(environment))


def settings_file(environment: Mapping[str, str] = os.environ) -> Path:
    """The file of settings: the one that `CIVIC_SETTINGS` names, else `civic.toml` in the current folder."""
    return Path(environment.get(SETTINGS) or SETTINGS_FILE)


def settings_document(
    file: Path | None = None, environment: Mapping[str, str] = os.environ
) -> tuple[dict[str, Any], Path]:
    """What the file of settings says, unchecked, and its path; nothing if there is no such file.

    Args:
        file: See `read_settings`.
        environment: See `read_settings`.

    Raises:
        UsageError: The file cannot be read, or the one that `CIVIC_SETTINGS` names does not exist.
    """
    path = file or settings_file(environment)
    named = file is not None or bool(environment.get(SETTINGS))
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if named:
            raise UsageError(f"{path}: there is no such file of settings.") from None
        document = {}
    except OSError as error:
        raise UsageError(f"{path}: the settings cannot be read ({error.strerror or error}).") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: the settings cannot be read; save the file as UTF-8.") from error
    except ValueError as error:
        raise UsageError(f"{path}: the settings cannot be read ({error}).") from error
    return document, path


def _settings(document: dict[str, Any], path: Path, replay: Replay | None) -> Settings:
    _only(document, {"organisation", "areas", "fetch", "alerts"}, path, "")
    organisation, areas, fetch = (_part(document, name, path) for name in ("organisation", "areas", "fetch"))
    _only(fetch, {"automatic", "sources"}, path, "fetch.")
    _only(organisation, {"name", "site"}, path, "organisation.")
    _only(areas, {"forces", "authorities"}, path, "areas.")
    default = Areas()
    return Settings(
        organisation=_words(organisation.get("name", _ORGANISATION), path, "organisation.name"),
        site=_site(organisation.get("site", _SITE), path),
        areas=Areas(
            forces=_list(areas.get("forces", default.forces), path, "areas.forces", r"[a-z]+(?:-[a-z]+)*"),
            authorities=_list(
                areas.get("authorities", default.authorities), path, "areas.authorities", r"[EWSN][0-9]{8}"
            ),
        ),
        automatic=_switch(fetch.get("automatic", False), path, "fetch.automatic"),
        automatic_sources=_list(fetch.get("sources", ()), path, "fetch.sources", r"[a-z0-9_]+"),
        replay=replay,
    )


def _part(document: dict[str, Any], name: str, path: Path) -> dict[str, Any]:
    part = document.get(name, {})
    if not isinstance(part, dict):
        raise UsageError(f"{path}: {name} should be a section, [{name}].")
    return part


def _only(part: dict[str, Any], known: set[str], path: Path, prefix: str) -> None:
    for name in part:
        if name not in known:
            raise UsageError(
                f"{path}: {prefix}{name} is not a setting. Known here are {', '.join(sorted(known))}."
            )


def _words(value: Any, path: Path, name: str) -> str:
    if (
        not isinstance(value, str)
        or not re.fullmatch(r"[^\x00-\x1f()@+]{1,80}", value)
        or not value.isascii()
    ):
        raise UsageError(
            f"{path}: {name} should be a short name in ASCII, without brackets, plus signs or an e-mail address."
        )
    return value


def _switch(value: Any, path: Path, name: str) -> bool:
    if not isinstance(value, bool):
        raise UsageError(f"{path}: {name} should be true or false.")
    return value


def _site(value: Any, path: Path) -> str:
    if (
        not isinstance(value, str)
        or not re.fullmatch(r"https?://[^\s@()]{3,200}", value)
        or not value.isascii()
    ):
        raise UsageError(
            f"{path}: organisation.site should be the address of a site, e.g. https://example.org."
        )
    return value


def _list(value: Any, path: Path, name: str, pattern: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(
        isinstance(one, str) and re.fullmatch(pattern, one) for one in value
    ):
        raise UsageError(f"{path}: {name} should be a list of names or codes such as {_EXAMPLES[name]}.")
    return tuple(value)


_EXAMPLES = {
    "fetch.sources": '["ons_pfa"]',
    "areas.forces": '["metropolitan"]',
    "areas.authorities": '["E09000002"]',
}


def _replay(environment: Mapping[str, str]) -> Replay | None:
    address = environment.get(REPLAY)
    if not address:
        return None
    host, _, port = address.rpartition(":")
    try:
        loopback = ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        loopback = False
    authority = environment.get(REPLAY_AUTHORITY, "")
    if not loopback or not port.isdecimal() or not 0 < int(port) < 65536:
        raise UsageError(f"{REPLAY} should be a loopback address with a port, e.g. 127.0.0.1:8443.")
    if not authority or not Path(authority).is_file():
        raise UsageError(f"{REPLAY_AUTHORITY} should name the file with the test authority's certificate.")
    try:
        ssl.create_default_context(cafile=authority)
    except (OSError, ValueError) as error:
        raise UsageError(f"{REPLAY_AUTHORITY}: {authority} is not a certificate that can be read.") from error
    return Replay(host.strip("[]"), int(port), authority)
