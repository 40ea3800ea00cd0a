"""The listening socket."""

import asyncio
import socket

import pytest

from desra_studio.errors import InputError
from desra_studio.ui.server import bind_listener


def test_answers_do_not_wait_for_acknowledgements():
    """Nagle's algorithm would hold an answer's body back until its head is acknowledged."""
    connections = []

    async def connect():
        listener = bind_listener("127.0.0.1", 0)
        server = await asyncio.start_server(
            lambda _, writer: connections.append(writer.get_extra_info("socket")), sock=listener
        )
        _, writer = await asyncio.open_connection(*listener.getsockname())
        while not connections:
            await asyncio.sleep(0)
        assert connections[0].getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        writer.close()
        server.close()

    asyncio.run(connect())


def test_a_port_that_is_taken_is_told():
    with bind_listener("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"Port {port} of 127.0.0.1 cannot be used"):
            bind_listener("127.0.0.1", port)
