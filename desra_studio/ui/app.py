"""The pages, in the order of the loop, and that of the models beside it."""

import warnings

import gradio as gr
from fastapi import FastAPI
from starlette.routing import Mount

from desra_studio.services.studio import Studio
from desra_studio.ui import (
    datasets_tab,
    finetune_tab,
    models_tab,
    proof_tab,
    review_tab,
    scores_tab,
    studies_tab,
)
from desra_studio.ui.components import build_loop_nav
from desra_studio.ui.gradio_doors import GradioDoors
from desra_studio.ui.gradio_rest import let_rest
from desra_studio.ui.static_files import make_head

SYSTEM_FONTS = ("system-ui", "Segoe UI", "Roboto", "Noto Sans", "DejaVu Sans", "sans-serif")
FIXED_FONTS = ("ui-monospace", "Consolas", "DejaVu Sans Mono", "monospace")


def make_theme() -> gr.themes.Base:
    """Return the theme: neutral greys, one blue, fonts of the system (none is fetched)."""
    return gr.themes.Base(
        primary_hue="blue",
        neutral_hue="neutral",
        radius_size="sm",
        font=SYSTEM_FONTS,
        font_mono=FIXED_FONTS,
    )


def build_pages(studio: Studio) -> gr.Blocks:
    """Build every page and wire its events."""
    pages = gr.Blocks(
        title="DeSRA Studio",
        analytics_enabled=False,
        fill_width=True,
    )
    with pages:
        build_loop_nav()
        datasets_tab.bind(datasets_tab.build(), pages, studio)
    with pages.route("Review", "/review"):
        build_loop_nav()
        review_tab.build()
    with pages.route("Fine-tune", "/fine-tune"):
        build_loop_nav()
        finetune_tab.build()
    with pages.route("Proof", "/proof"):
        build_loop_nav()
        proof_tab.build()
    with pages.route("Scores", "/scores"):
        build_loop_nav()
        scores_tab.bind(scores_tab.build(), pages, studio)
    with pages.route("Studies", "/studies"):
        build_loop_nav()
        studies_tab.build()
    with pages.route("Models", "/models"):
        build_loop_nav()
        models_tab.bind(models_tab.build(), pages, studio)
    return pages


def mount_pages(app: FastAPI, studio: Studio) -> None:
    """Add the pages to an application that has the routes already."""
    pages = build_pages(studio)
    let_rest(pages)
    with warnings.catch_warnings():
        # Said of every app with several pages, even where SSR is off.
        warnings.filterwarnings("ignore", message="SSR mode is not supported")
        gr.mount_gradio_app(
            app,
            pages,
            path="/",
            ssr_mode=False,
            run_history=False,
            show_error=False,
            footer_links=[],
            enable_monitoring=False,
            theme=make_theme(),
            head=make_head(),
        )
    _guard_doors(app, pages)


def _guard_doors(app: FastAPI, pages: gr.Blocks) -> None:
    mount = app.routes[-1]
    if not isinstance(mount, Mount):
        raise TypeError(f"Gradio is not mounted: the last route is {mount}")
    mount.app = GradioDoors(mount.app, [f"/{path}" for path, _, _ in pages.pages])
