"""The HTTP session: connections to judged addresses only, over TLS, with nothing taken from the environment.

Belongs here: how requests and urllib3 are set up. Does not belong here: what is asked, and what becomes of a failure
(`exchange`).
"""

from __future__ import annotations

import socket
import ssl
import threading
from http.cookiejar import DefaultCookiePolicy
from typing import Any

from civic_assets.acquire.http.plain_requests import requests  # isort: skip  (first)
from certifi import where
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.poolmanager import PoolManager
from urllib3.util.ssl_ import create_urllib3_context

from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.http.addresses import open_socket
from civic_assets.acquire.http.watch import Watch
from civic_assets.acquire.settings import Replay


class _Current(threading.local):
    watch: Watch | None = None
    host: str = ""


_CURRENT = _Current()


def watching(watch: Watch | None, host: str) -> None:
    """Have the connections of this thread watched, and lead to one host.

    Args:
        watch: Ends them.
        host: The host that was judged. Two libraries may read one address differently; what is connected to counts.
    """
    _CURRENT.watch, _CURRENT.host = watch, host


class _Connection(HTTPSConnection):
    """A connection to a judged address."""

    replay: Replay | None = None

    def _new_conn(self) -> socket.socket:
        wanted = self.timeout if isinstance(self.timeout, int | float) else None
        try:
            if self.replay is not None:
                return socket.create_connection((self.replay.host, self.replay.port), wanted)
            return open_socket(self.host, self.port or 443, wanted, options=self.socket_options or ())
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"no connection within {wanted} seconds") from error
        except OSError as error:
            raise NewConnectionError(self, str(error)) from error

    def connect(self) -> None:
        self._judge()
        super().connect()

    def request(self, *args: Any, **kwargs: Any) -> None:
        self._judge()
        super().request(*args, **kwargs)

    def _judge(self) -> None:
        if self.host.rstrip(".").lower() != _CURRENT.host:
            raise NotObtained(
                f"{self.host}: would be asked although {_CURRENT.host or 'no host'} was meant. The address is not "
                "written as addresses are; nothing was asked.",
                url=f"https://{self.host}/",
                kind="address",
            )
        if _CURRENT.watch is not None:
            _CURRENT.watch.follow(self)


def trusting(authority: str | None) -> ssl.SSLContext:
    """What all connections share: which certificates are trusted, and that one is needed that names the host.

    urllib3 would read the authorities again for each connection, which takes longer than most requests.

    Args:
        authority: File of certificates that are trusted; None for those of `certifi`.
    """
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.load_verify_locations(authority if authority is not None else where())
    return context


class _Adapter(HTTPAdapter):
    def __init__(self, replay: Replay | None, trusted: ssl.SSLContext) -> None:
        self._replay, self._trusted = replay, trusted
        super().__init__(max_retries=0, pool_connections=20, pool_maxsize=4)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        connection = type("Connection", (_Connection,), {"replay": self._replay})
        pool = type("Pool", (HTTPSConnectionPool,), {"ConnectionCls": connection})
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": pool}

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        host, _ = super().build_connection_pool_key_attributes(request, True, None)
        return host, {"ssl_context": self._trusted, "cert_reqs": "CERT_REQUIRED"}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Have each connection judged by what all share, and by nothing that a caller gives."""
        conn.cert_reqs = "CERT_REQUIRED"


def open_session(user_agent: str, replay: Replay | None, authority: str | None) -> requests.Session:
    """Make a session.

    Args:
        user_agent: What publishers are told about who asks.
        replay: Loopback address that is connected to for every host, in tests.
        authority: File of certificates that are trusted; None for those of `certifi`.

    Returns:
        A session that asks https only, keeps no cookies and takes no proxy, password or certificate from the
        environment: a proxy would resolve names itself, and the address could not be judged.
    """
    session = requests.Session()
    session.trust_env = False
    session.adapters.clear()
    session.mount("https://", _Adapter(replay, trusting(authority)))
    session.headers.clear()
    session.headers["User-Agent"] = user_agent
    session.headers["Accept"] = "*/*"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session
