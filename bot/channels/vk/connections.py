"""HTTP sessions towards VK: requests for vk_api, aiohttp for the long poll and for files."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import requests
from aiohttp_socks import ProxyConnector
from python_socks import ProxyError
from python_socks.sync import Proxy
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

VK_HOST = "https://api.vk.ru"
TIMEOUT = (5.0, 15.0)  # seconds to connect, then to wait for the next byte


def method_session(api_url: str, proxy: str) -> requests.Session:
    """A session for vk_api whose calls go to `api_url` in bounded time, through `proxy` if any."""
    session = requests.Session()
    session.trust_env = False  # the settings decide, as they do for aiohttp
    adapter = _Adapter(api_url.rstrip("/"), proxy if _is_socks(proxy) else "")
    session.mount("https://", adapter)
    if proxy and not _is_socks(proxy):
        session.proxies = {"http": proxy, "https": proxy}
    return session


def stream_session(proxy: str) -> aiohttp.ClientSession:
    """A session for everything that blocks or streams, through `proxy` if any."""
    if _is_socks(proxy):
        return aiohttp.ClientSession(connector=ProxyConnector.from_url(proxy))
    return aiohttp.ClientSession(proxy=proxy or None)


def file_session(api_url: str, proxy: str) -> aiohttp.ClientSession:
    """A session for files, whose addresses came with somebody's message.

    Wherever they lead, by redirects too, it connects to no address of this machine and its
    network; but where a proxy connects, or VK itself is imitated there.
    """
    if proxy or _is_inside(urlsplit(api_url).hostname or ""):
        return stream_session(proxy)
    connector = aiohttp.TCPConnector(socket_factory=_socket_outside)
    return aiohttp.ClientSession(connector=connector)


class InsideAddress(OSError):
    """An address of this machine or its network, where no file of VK's can be."""


def _socket_outside(found: tuple[Any, ...]) -> socket.socket:
    """What aiohttp opens for one of a name's addresses."""
    family, kind, protocol, _, where = found
    if _is_inside(str(where[0])):
        raise InsideAddress("an address of our own network")
    return socket.socket(family, kind, protocol)


def _is_inside(host: str) -> bool:
    """Whether this is an address of our own; of a name it is not known before it is resolved."""
    try:
        number = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host == "localhost"
    number = _led_to(number)
    if number in _FAKED:
        return False
    return not number.is_global or number.is_multicast or any(number in one for one in _OURS)


def _led_to(number: _Address) -> _Address:
    """The address at which who connects to this one arrives: some of IPv6 stand for IPv4."""
    if isinstance(number, ipaddress.IPv4Address):
        return number
    if any(number in one for one in _ENDING):
        return ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    return number.ipv4_mapped or number.sixtofour or number


_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Inside, though the registers call them global: of a site, of its NAT64, and Azure's own.
_OURS = [*map(ipaddress.ip_network, ("fec0::/10", "64:ff9b:1::/48", "168.63.129.16/32"))]

# Their last four bytes are one of IPv4: of NAT64, compatible, translated.
_ENDING = [*map(ipaddress.ip_network, ("64:ff9b::/96", "::/96", "::ffff:0:0:0/96"))]

# Some proxies of whole machines give names addresses in this range, and lead outside.
_FAKED = ipaddress.ip_network("198.18.0.0/15")


class _Adapter(HTTPAdapter):
    """vk_api hard-codes its host and knows no time-out: both are put right here."""

    def __init__(self, api_url: str, socks: str) -> None:
        self._api_url = api_url
        self._socks = socks
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        if self._socks:
            self.poolmanager.pool_classes_by_scheme = _pools_through(self._socks)

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        request.url = (request.url or "").replace(VK_HOST, self._api_url, 1)
        return super().send(request, stream, timeout or TIMEOUT, verify, cert, proxies)


def _is_socks(proxy: str) -> bool:
    return proxy.startswith("socks")


def _pools_through(socks: str) -> dict[str, type[HTTPConnectionPool]]:
    """urllib3's own SOCKS support wants another library than the one aiohttp uses."""

    class Connection(HTTPConnection):
        def _new_conn(self) -> Any:
            return _connect(self, socks)

    class SecureConnection(HTTPSConnection):
        def _new_conn(self) -> Any:
            return _connect(self, socks)

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecureConnection

    return {"http": Pool, "https": SecurePool}


def _connect(connection: HTTPConnection, socks: str) -> Any:
    try:
        proxy = Proxy.from_url(socks)
        return proxy.connect(connection.host, connection.port, timeout=TIMEOUT[0])
    except (ProxyError, OSError) as error:
        reason = f"the proxy failed ({type(error).__name__})"
        raise NewConnectionError(connection, reason) from None
