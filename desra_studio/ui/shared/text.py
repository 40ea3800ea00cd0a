"""Text as pages show it."""

import gradio as gr

from desra_studio.errors import StudioError

MARKUP = "\\`*_{}[]<>()#+-.!|~$&"


def escape_markdown(text: str) -> str:
    """Return text that Markdown shows letter by letter."""
    return "".join(f"\\{letter}" if letter in MARKUP else letter for letter in text)


def show_figure(value: float | None) -> str:
    """Return three digits, or 'n/a' where there is nothing to count."""
    return "n/a" if value is None else f"{value:.3f}"


def show_error(error: StudioError) -> object:
    """Return the update that shows an error in a hidden Markdown."""
    return gr.update(value=escape_markdown(str(error)), visible=True)
