"""What handlers read in a page's address."""

import gradio as gr

from desra_studio.services.datasets.listing import pick_dataset
from desra_studio.services.studio import Studio


def read_dataset(request: gr.Request, studio: Studio) -> int | None:
    """Return the dataset that the page's address names, or the newest; None without any."""
    wanted = str(request.query_params.get("dataset", ""))
    return pick_dataset(studio, int(wanted) if wanted.isdecimal() else None)
