"""What the Models page shows: rows, the card of one model, and its jobs."""

import re
from typing import Any
from urllib.parse import quote

import gradio as gr
import pandas as pd

from desra_studio.progress import format_time
from desra_studio.services import jobs
from desra_studio.services.csv_tables import guard_text
from desra_studio.services.jobs import JobView
from desra_studio.services.models.listing import ModelDetails, describe_size_rule
from desra_studio.services.models.registry import (
    ENDINGS,
    FORMATS,
    WEIGHT_FORMATS,
    list_export_forms,
)
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.components import JobValue, show_job
from desra_studio.ui.shared.events import Updates
from desra_studio.ui.shared.text import escape_markdown, show_figure
from desra_studio.wording import count_noun

COLUMNS = ("Model", "Role", "State", "Architecture", "Scale", "Partner")
DOWNLOADS = {form: f"Download .{form}" for form in FORMATS} | {"ncnn": "Download ncnn .zip"}
ROLE_NAMES = {"gan": "GAN-SR", "mse": "MSE-SR", "discriminator": "discriminator"}
WEB_ADDRESS = re.compile(r"https://[\w./-]+")


def _name_role(details: ModelDetails) -> str:
    """Return what a model is for; what takes the place of MSE-SR has a name of its own."""
    return str(details.card.get("reference") or ROLE_NAMES.get(details.role, details.role))


def list_row(details: ModelDetails) -> list[str]:
    """Return a model's row, in the order of COLUMNS.

    The table has a button that copies it, and what it copies is pasted into spreadsheets.
    """
    cells = (
        details.name,
        _name_role(details),
        "fine-tuned" if details.fine_tuned else details.state,
        details.architecture or "",
        f"x{details.scale}" if details.scale else "",
        details.partner or "",
    )
    return [guard_text(cell) for cell in cells]


def describe_details(details: ModelDetails) -> str:
    """Return a model's card as Markdown."""
    card, judges = details.card, details.role == "discriminator"
    channels = "RGB in, a score for each px out" if judges else "RGB in, RGB out"
    facts = {
        "Role": _name_role(details),
        "Partner": "" if judges else details.partner or "none",
        "Judges": card.get("judges", ""),
        "Network": details.architecture or "not known: only its outputs were imported",
        "Scale": f"x{details.scale}" if details.scale else "",
        "Channels": channels if details.architecture else "",
        "Parameters": f"{details.parameters:,}" if details.parameters else "",
        "Input size": "" if judges else describe_size_rule(card),
        "Source": details.source,
        "Licence": details.licence,
        "SHA-256": card.get("sha256", ""),
        "Derived": _describe_derivation(card.get("derived")),
        "Training set": card.get("training_set_hash", ""),
        "Settings": _describe_settings(card.get("settings")),
        "EMA at the end": _describe_average(card),
        "Discriminator": card.get("discriminator", ""),
        "Notes": " ".join(card.get("notes", ())),
        "Proof": _describe_proof(card.get("figures")),
    }
    rows = [f"| {name} | {_show_text(text)} |" for name, text in facts.items() if text]
    return f"### {escape_markdown(details.name)}\n\n| | |\n|---|---|\n" + "\n".join(rows)


def offer_exports(buttons: dict[str, gr.Button], details: ModelDetails) -> Updates:
    """Return the updates of the download buttons, which are links."""
    forms = list_export_forms() if details.state == "ready" else []
    if details.role == "discriminator":
        forms = [form for form in forms if form in WEIGHT_FORMATS]
    return {
        button: gr.update(
            link=f"/studio/api/models/{details.id}/{quote(details.name, safe='')}"
            f".{ENDINGS.get(form, form)}",
            visible=form in forms,
        )
        for form, button in buttons.items()
    }


def show_models_job(job: JobView | None) -> JobValue | None:
    """Return what the progress shows of a job, and of its result where it has one."""
    if job is None or not job.succeeded:
        return _show_fetching(job) if job and job.kind == "pull" else show_job(job)
    result = job.result
    if job.kind == "pull":
        done = "is here now" if result["new"] else "was here already"
        return show_job(job, f"{result['model']} {done}.")
    # Jobs of earlier versions have no note.
    partnered = f"{result['model']} is the partner of {result['partner_of']} now."
    return show_job(
        job,
        f"{result.get('note') or partnered} Best after {result['iteration']} iterations, "
        f"{result['psnr_before']:.2f} to {result['psnr']:.2f} dB on images it was not trained on, "
        f"in {result['seconds']:.0f} s on {result['device']}.",
    )


def plot_psnr(studio: Studio, job: JobView | None) -> object:
    """Return the update of the plot of a derivation; hidden before there are two points."""
    is_derivation = job is not None and job.kind == "derive"
    points = jobs.list_job_metrics(studio, job.id, "psnr") if job and is_derivation else []
    if len(points) < 2:
        return gr.update(visible=False)
    frame = pd.DataFrame(points, columns=["iteration", "PSNR in dB"])
    return gr.update(value=frame, visible=True)


def _show_fetching(job: JobView) -> JobValue | None:
    """Return the progress of a download, in MB instead of bytes."""
    value = show_job(job)
    if value and job.active and job.total:
        left = "" if job.seconds_left is None else f" · {format_time(job.seconds_left)} left"
        value["message"] = f"Fetching {job.config['model']}"
        value["pace"] = (
            f"{job.done / 1e6:.1f} of {job.total / 1e6:.1f} MB · {job.rate / 1e6:.1f} MB/s{left}"
        )
    return value


def _show_text(text: str) -> str:
    return f"<{text}>" if WEB_ADDRESS.fullmatch(text) else escape_markdown(text)


def _describe_derivation(derived: dict[str, float] | None) -> str:
    if not derived:
        return ""
    return (
        f"from {derived['from']}, {count_noun(int(derived['images']), 'image')}, best of "
        f"{derived['max_iterations']} iterations at {derived['iteration']}: "
        f"{derived['psnr_before']:.2f} to {derived['psnr']:.2f} dB"
    )


def _describe_settings(settings: dict[str, Any] | None) -> str:
    named = (settings or {}).items()
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in named)


def _describe_average(card: dict[str, Any]) -> str:
    """Return what the average kept at the end, where that is less than the settings say."""
    kept, wanted = card.get("ema_at_end"), (card.get("settings") or {}).get("ema")
    if kept is None or wanted is None:
        return ""
    if kept == wanted:
        return f"{wanted} of the average kept at each step"
    return (
        f"{kept:.3f} of the average kept at the last step; {wanted} is reached after "
        f"{round(10 * wanted / (1 - wanted))} iterations"
    )


def _describe_proof(figures: dict[str, Any] | None) -> str:
    """Return the figures of a fine-tuned model's proof in a sentence, and what it warns of."""
    if not figures:
        return ""
    told = (
        f"on {_describe_images(figures)}: {_describe_removal(figures)}, {figures['added']} new "
        f"(addition rate {_show_share(figures['addition_rate'])}); outside "
        f"the masks PSNR {show_figure(figures['psnr_outside'])} dB, SSIM "
        f"{show_figure(figures['ssim_outside'])}, local variance "
        f"{_show_share(figures['variance_ratio_outside'])} of the original's, sharpness kept "
        f"{_show_share(figures['sharpness_kept'])}"
    )
    if "edges_kept" in figures:
        told += f", edges kept {_show_share(figures['edges_kept'])}"
    return " ".join([f"{told}.", *figures["warnings"]])


def _describe_images(figures: dict[str, Any]) -> str:
    images = figures["images"]
    if not figures["held_out"]:
        return f"{count_noun(images, 'image')} it was not trained on"
    clean = figures.get("controls", {}).get("clean_images", 0)
    held_out = images - clean
    told = count_noun(held_out, "held-out image")
    return f"{told} and {clean} clean" if clean else told


def _describe_removal(figures: dict[str, Any]) -> str:
    """Return what is gone and who says so; cards of earlier versions have the detector's word."""
    gone, before = figures["removed"], figures["before_components"]
    if "witnesses" not in figures:
        rate = _show_share(figures["removal_rate"])
        return f"{gone} of {before} components gone (removal rate {rate})"
    kind = "accepted" if figures["reviewed"] else "detected"
    headline = figures["headline"]
    if not headline:
        return f"no {kind} artifact that a witness saw"
    asked = next(one["trained_on"] for one in figures["witnesses"] if one["name"] == headline)
    who = "which a loss asked for" if asked else "the strictest untrained witness"
    told = f"{gone} of {before} {kind} artifacts gone by {headline}, {who}"
    others = ", ".join(
        f"{one['name']}{' (trained on)' * one['trained_on']} {one['gone']} of {one['seen']}"
        for one in figures["witnesses"]
        if one["name"] != headline
    )
    told += f"; {others}" if others else ""
    told += f"; {figures['fainter']} fainter, {figures['still_there']} still there"
    if figures["unseen"]:
        told += f", {figures['unseen']} that no witness saw"
    controls = figures["controls"]
    if controls["components"]:
        told += f", {controls['changed']} of {controls['components']} controls changed"
    return told


def _show_share(value: float | None) -> str:
    return "n/a" if value is None else f"{100 * value:.1f} %"
