"""Leads every connection to one host name to a port of this machine. Python runs this by itself when its folder is on the path.

A client that builds its addresses from a fixed domain is proved this way without a changed line.
"""

import os
import socket

_HOST, _PORT = os.environ["CLIENTS_HOST"], int(os.environ["CLIENTS_PORT"])
_getaddrinfo = socket.getaddrinfo


def getaddrinfo(host, port, *rest, **more):  # noqa: ANN001, ANN002, ANN003, ANN201, D103 - as the one that it stands for
    name = host.decode() if isinstance(host, bytes) else host
    if name == _HOST:
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", _PORT))]
    return _getaddrinfo(host, port, *rest, **more)


socket.getaddrinfo = getaddrinfo
