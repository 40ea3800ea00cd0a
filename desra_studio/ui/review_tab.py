"""Review: the canvas is the whole page and talks to the routes itself."""

from desra_studio.ui.components import MaskCanvas


def build() -> MaskCanvas:
    """Build the page. No timer here: Gradio reloads a page whose timer meets a network cut."""
    return MaskCanvas()
