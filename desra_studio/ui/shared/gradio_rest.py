"""Lets Gradio rest while nobody uses it, and its pages be left; it has no options for that."""

from collections.abc import Callable

import gradio as gr
from gradio.routes import templates
from jinja2 import FileSystemLoader
from jinja2.environment import Environment

from desra_studio.ui.shared.static_files import STATIC_URL

QUEUE_REST_SECONDS = 0.05
"""How often Gradio's queue looks for events: what it does on Windows; elsewhere it looks a thousand
times a second, which costs an idle server 8 % of a core."""
PAGE = "frontend/index.html"
SCRIPTS = "".join(
    f'<script src="{STATIC_URL}/shell/{name}"></script>' for name in ("rest.js", "leaving.js")
)
"""Read before any script of Gradio's. What `head` names, Gradio adds from its scripts: too late."""


class RestingPages(FileSystemLoader):
    """Gradio's templates; that of its pages starts with our scripts."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """See `FileSystemLoader`."""
        source, path, is_current = super().get_source(environment, template)
        if template == PAGE:
            source = source.replace("<head>", f"<head>{SCRIPTS}", 1)
        return source, path, is_current


def let_rest(pages: gr.Blocks) -> None:
    """Make the server and its pages do nothing while nothing happens."""
    pages._queue.sleep_when_free = QUEUE_REST_SECONDS
    loader = templates.env.loader
    if isinstance(loader, FileSystemLoader):
        templates.env.loader = RestingPages(loader.searchpath)
