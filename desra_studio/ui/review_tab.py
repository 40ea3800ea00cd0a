"""Review: the canvas is the whole page and talks to the routes itself."""

import gradio as gr

from desra_studio.ui.components import build_mask_canvas


def build() -> gr.HTML:
    """Build the page. No timer here: Gradio reloads a page whose timer meets a network cut."""
    return build_mask_canvas()
