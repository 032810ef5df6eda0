"""Which addresses may be asked: https, hosts of the contract, and nothing on a private network.

Belongs here: judging an address before it is asked, and opening the socket to it, so that what is judged is what is
connected to. Does not belong here: requests (`connections`).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import urlsplit

from civic_assets.acquire.asking import NotObtained

_HTTPS = 443
# The well-known prefix under which networks without IPv4 reach it (RFC 6052); the last four bytes are the address.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
Resolve = Callable[..., list[tuple[Any, ...]]]


def host_of(url: str) -> str:
    """Name of the host of an address, in lower case; empty if there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def check_address(url: str, hosts: Collection[str], *, from_url: str | None = None) -> str:
    """Judge an address before it is asked.

    Args:
        url: Address.
        hosts: Hosts that may be asked, in lower case.
        from_url: Address that redirected to this one, if one did.

    Returns:
        Name of its host.

    Raises:
        NotObtained: It is not https on its usual port, names a user, or its host is not allowed.
    """
    kind = "redirect" if from_url else "address"
    start = f"{from_url}: the publisher redirects to {url}, which" if from_url else f"{url}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotObtained(f"{start} is not an address that can be asked.", url=url, kind=kind) from None
    host = host_of(url)
    if parts.scheme != "https":
        raise NotObtained(f"{start} is not https. Only https addresses are asked.", url=url, kind=kind)
    if parts.username is not None or parts.password is not None or port not in (None, _HTTPS):
        raise NotObtained(
            f"{start} names a user or a port. Such addresses are not asked.", url=url, kind=kind
        )
    if host not in hosts:
        raise NotObtained(
            f"{start} is at the host {host or '(none)'}, which the contract does not allow; it allows "
            f"{', '.join(sorted(hosts))}. If the publisher has moved, check the new host and add it to the contract.",
            url=url,
            kind=kind,
        )
    return host


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet.

    Addresses that carry an IPv4 address (mapped, 6to4, Teredo, NAT64) are as public as that address is.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found in _NAT64:
            return is_public(str(ipaddress.IPv4Address(found.packed[-4:])))
        carried = [found.sixtofour, *(found.teredo or ())]
        if not all(is_public(str(one)) for one in carried if one is not None):
            return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def open_socket(
    host: str,
    port: int,
    timeout: float | None,
    *,
    options: Collection[tuple[int, int, int | bytes]] = (),
    resolve: Resolve = socket.getaddrinfo,
) -> socket.socket:
    """Connect to a host whose addresses are all public.

    Args:
        host: Name of the host.
        port: Port.
        timeout: Seconds for each address.
        options: Socket options.
        resolve: Finds the addresses, as `socket.getaddrinfo`.

    Returns:
        A socket that is connected to an address that was judged; the name is not resolved a second time.

    Raises:
        NotObtained: One of the addresses is not public.
        OSError: The name is not known, or no address can be connected to.
    """
    found = resolve(host, port, type=socket.SOCK_STREAM)
    for *_, place in found:
        if not is_public(str(place[0])):
            raise NotObtained(
                f"{host} leads to {place[0]}, which is not a public address. It was not connected to. Check the name "
                "server of this network.",
                url=f"https://{host}/",
                kind="address",
            )
    failed: OSError | None = None
    for family, kind, protocol, _, place in found:
        connection = socket.socket(family, kind, protocol)
        try:
            for level, name, value in options:
                connection.setsockopt(level, name, value)
            connection.settimeout(timeout)
            connection.connect(place)
        except OSError as error:
            connection.close()
            failed = error
        else:
            return connection
    raise failed or OSError(f"{host} has no address")
