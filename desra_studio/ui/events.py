"""How our events behave."""

from typing import Any, Final, TypeAlias

import gradio as gr
from gradio.blocks import Block

QUIET: Final[dict[str, Any]] = {"show_progress": "hidden", "api_visibility": "private"}
"""No overlay of Gradio's over what is being read, and no entry in its API listing."""

Updates: TypeAlias = dict[Block, Any]
"""New values by component: unlike a tuple, it cannot get out of step with the list of outputs."""


def open_on_click(table: gr.Dataframe, ids: gr.State, js: str) -> None:
    """Let a click on a row run a script with the id that `ids` has for that row."""
    # A script cannot read a gr.State, but a number that is not shown.
    chosen = gr.Number(visible="hidden")
    table.select(_read_id, ids, chosen, **QUIET).then(None, chosen, js=js)


def _read_id(ids: list[int], event: gr.SelectData) -> int:
    row: int = event.index[0]
    return ids[row]
