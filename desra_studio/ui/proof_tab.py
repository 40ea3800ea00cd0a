"""Proof: what a fine-tuning changed; the page talks to the routes itself."""

import gradio as gr

from desra_studio.ui.components import build_proof_page


def build() -> gr.HTML:
    """Build the page. No timer here: Gradio reloads a page whose timer meets a network cut."""
    return build_proof_page()
