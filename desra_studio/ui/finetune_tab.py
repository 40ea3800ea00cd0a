"""Fine-tune: one element, whose modules choose samples, start runs, watch and compare them."""

import gradio as gr

from desra_studio.ui.components import build_finetune_page


def build() -> gr.HTML:
    """Build the page. No timer here: Gradio reloads a page whose timer meets a network cut."""
    return build_finetune_page()
