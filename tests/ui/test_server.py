"""The listening socket."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from desra_studio.errors import InputError
from desra_studio.ui.shared.serving import bind_listener


def test_answers_do_not_wait_for_acknowledgements():
    """Nagle's algorithm would hold an answer's body back until its head is acknowledged."""

    async def connect():
        found = asyncio.get_running_loop().create_future()

        async def note(_, writer):
            accepted = writer.get_extra_info("socket")
            found.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()
            await writer.wait_closed()

        listener = bind_listener("127.0.0.1", 0)
        async with await asyncio.start_server(note, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            assert await found
            writer.close()
            await writer.wait_closed()

    with ThreadPoolExecutor() as pool:  # the browser tests' own loop runs in this thread
        pool.submit(asyncio.run, connect()).result()


def test_a_port_that_is_taken_is_told():
    with bind_listener("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"Port {port} of 127.0.0.1 cannot be used"):
            bind_listener("127.0.0.1", port)
