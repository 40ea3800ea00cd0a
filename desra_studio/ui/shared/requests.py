"""What handlers read in a page's address."""

import gradio as gr

from desra_studio.services.datasets.listing import pick_dataset
from desra_studio.services.studio import Studio

KEPT = "studio-dataset"
"""The cookie in which a page keeps the dataset that it showed last."""

MAX_DIGITS = 10
"""Of an id in an address: no database has more."""


def read_dataset(request: gr.Request, studio: Studio) -> int | None:
    """Return the dataset that a page shows; see `choose_dataset`."""
    named = str(request.query_params.get("dataset", ""))
    return choose_dataset(studio, named, str(request.cookies.get(KEPT, "")))


def choose_dataset(studio: Studio, named: str, kept: str) -> int | None:
    """Return the dataset that an address names, else that which was kept, else the newest.

    Whoever works on one is not to be moved to another because somebody imports it.

    Returns:
        None where there is none at all.
    """
    ids = [int(each) for each in (named, kept) if each.isdecimal() and len(each) <= MAX_DIGITS]
    return pick_dataset(studio, *ids)
