"""The pages, in the order of the loop, and those of models and users beside it."""

import warnings

import gradio as gr
from fastapi import FastAPI
from starlette.routing import Mount

from desra_studio.services.studio import Studio
from desra_studio.ui.access.table import EVENT_ROLES
from desra_studio.ui.datasets.page import bind_datasets_page, build_datasets_page
from desra_studio.ui.models.page import bind_models_page, build_models_page
from desra_studio.ui.scores.layout import build_scores_page
from desra_studio.ui.scores.page import bind_scores_page
from desra_studio.ui.shared.components import (
    build_finetune_page,
    build_loop_nav,
    build_mask_canvas,
    build_proof_page,
    build_studies_page,
    build_team_page,
)
from desra_studio.ui.shared.gradio_doors import GradioDoors
from desra_studio.ui.shared.gradio_rest import let_rest
from desra_studio.ui.shared.static_files import make_head

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
    ).set(
        # White on the lighter blue that Gradio takes has a contrast of 3.7, and can hardly be read.
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_border_color="*primary_600",
    )


def build_pages(studio: Studio) -> gr.Blocks:
    """Build every page and wire its events.

    Pages of one element have no timer: Gradio reloads a page whose timer meets a network cut.
    """
    pages = gr.Blocks(
        title="DeSRA Studio",
        analytics_enabled=False,
        fill_width=True,
    )
    with pages:
        build_loop_nav()
        bind_datasets_page(build_datasets_page(studio.settings.blind_share), pages, studio)
    with pages.route("Review", "/review"):
        build_loop_nav()
        build_mask_canvas()
    with pages.route("Fine-tune", "/fine-tune"):
        build_loop_nav()
        build_finetune_page()
    with pages.route("Proof", "/proof"):
        build_loop_nav()
        build_proof_page()
    with pages.route("Scores", "/scores"):
        build_loop_nav()
        bind_scores_page(build_scores_page(), pages, studio)
    with pages.route("Studies", "/studies"):
        build_loop_nav()
        build_studies_page()
    with pages.route("Models", "/models"):
        build_loop_nav()
        bind_models_page(build_models_page(), pages, studio)
    with pages.route("Team", "/team"):
        build_loop_nav()
        build_team_page()
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
    events = {
        index: EVENT_ROLES[function.fn.__name__]
        for index, function in pages.fns.items()
        if function.fn is not None
    }
    mount.app = GradioDoors(mount.app, [f"/{path}" for path, _, _ in pages.pages], events)
