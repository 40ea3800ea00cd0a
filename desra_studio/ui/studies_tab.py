"""Studies: what people see; the page talks to the routes itself."""

import gradio as gr

from desra_studio.ui.components import build_studies_page


def build() -> gr.HTML:
    """Build the page. No timer here: Gradio reloads a page whose timer meets a network cut."""
    return build_studies_page()
