"""Makes clients of the routes. The routes are made once: making them costs more than most tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count

from fastapi import FastAPI
from starlette.testclient import TestClient

from desra_studio.services.studio import Studio
from desra_studio.ui.server import create_api

NUMBERS = count()


class StudioInPlace:
    """Stands where routes have their studio, and is whichever was put there."""

    def __init__(self) -> None:
        self.studio: Studio | None = None

    def __getattr__(self, name: str):
        return getattr(self.studio, name)


@cache
def make_routes() -> tuple[FastAPI, StudioInPlace]:
    """Return the application without pages, and where its studio is put."""
    place = StudioInPlace()
    return create_api(place), place


@contextmanager
def open_client(studio: Studio, **values) -> Iterator[TestClient]:
    """A client of the routes of a studio, as a browser on this machine is one.

    Each has an address of its own: what the server remembers of others' failures is none of its.
    """
    api, place = make_routes()
    place.studio = studio
    address = (f"browser-{next(NUMBERS)}", 50000)
    with TestClient(api, base_url="http://127.0.0.1", client=address, **values) as made:
        yield made
    place.studio = None
