"""The commands of user studies: what there is, what it found, and its votes as files."""

from pathlib import Path
from typing import Annotated, Any

import typer

from desra_studio.cli.console import DatabaseUrl, DataDir, Json, make_settings, print_result
from desra_studio.errors import InputError
from desra_studio.services.studies import lifecycle
from desra_studio.services.studies.manifests import export_manifest
from desra_studio.services.studies.reports import report_study
from desra_studio.services.studies.votes import render_votes_csv, render_votes_json
from desra_studio.services.studio import Studio, open_studio

studies_app = typer.Typer(help="User studies: list, report, export.", no_args_is_help=True)
Named = Annotated[str, typer.Argument(help="Name, or number, of the study.")]
RENDERERS = {
    "csv": render_votes_csv,
    "json": render_votes_json,
    "manifest": export_manifest,
}


@studies_app.command("list")
def list_studies(
    data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False
) -> None:
    """List all studies, the newest first."""
    found = lifecycle.list_studies(_open(data_dir, database_url))
    lines = [
        f"{one['id']:>4}  {one['state']:<7} {one['kind']:<11} {one['votes']:>6} of "
        f"{one['wanted']} votes  {one['name']}"
        for one in found
    ]
    print_result({"studies": found}, "\n".join(lines) or "There is no study yet.", as_json)


@studies_app.command()
def report(
    study: Named,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Print what a study found: shares with intervals, checks, and who was left out."""
    studio = _open(data_dir, database_url)
    result = report_study(studio, lifecycle.find_study(studio, study))
    print_result(result, "\n".join(_write_report(result)), as_json)


@studies_app.command()
def export(
    study: Named,
    out: Annotated[Path, typer.Option(help="File to write.")],
    file_format: Annotated[
        str, typer.Option("--format", help="csv or json of all votes, or the manifest.")
    ] = "csv",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Write all votes of a study, or its manifest, to a file."""
    if file_format not in RENDERERS:
        raise InputError(f"--format must be one of {', '.join(RENDERERS)}, got {file_format!r}.")
    studio = _open(data_dir, database_url)
    text = RENDERERS[file_format](studio, lifecycle.find_study(studio, study))
    out.write_text(text, encoding="utf-8")
    print_result({"file": str(out), "characters": len(text)}, f"{out} written.", as_json)


def _open(data_dir: Path | None, database_url: str | None) -> Studio:
    return open_studio(make_settings(data_dir=data_dir, database_url=database_url))


def _write_report(result: dict[str, Any]) -> list[str]:
    lines = [
        f"{result['study']} ({result['state']}): {result['votes']} answers of {result['voters']} "
        f"voters, {len(result['excluded'])} left out",
        f"manifest {result['manifest_sha']}",
    ]
    lines += [
        f"  left out: {one['label']}: {'; '.join(one['reasons'])}" for one in result["excluded"]
    ]
    for side in ("screened", "raw"):
        figures = result[side]
        lines += ["", f"{side}: {figures['votes']} votes of {figures['voters']} voters"]
        for question in figures["questions"]:
            lines.append(f"  {question['text']}")
            lines += [_write_pair(pair) for pair in question["pairs"]]
            for one in question["ranking"] or []:
                where = _write_interval(one["interval"], "{:+.2f}")
                lines.append(f"    worth {one['worth']:+.2f}{where}  {one['system']}")
        for one in figures["regions"]:
            lines.append(
                f"  {one['image']} at {one['x']}, {one['y']}: noticed by "
                f"{_write_rate(one)} ({one['unsure']} not sure)"
            )
        lines += _write_checks(figures)
    return lines


def _write_pair(pair: dict[str, Any]) -> str:
    if pair["share"] is None:
        return f"    {pair['a']} against {pair['b']}: no votes yet"
    needed = pair["votes_needed"]
    more = f", about {needed} more votes needed" if needed else ""
    return (
        f"    {pair['a']} over {pair['b']}: {pair['share']:.1%}"
        f"{_write_interval(pair['interval'])} two-way; "
        f"{_write_interval(pair['wilson']).strip()} if votes were independent; "
        f"n = {pair['votes']}, p = {pair['p_value']:.2g}; images "
        f"{pair['signs']['won']} won, {pair['signs']['lost']} lost, {pair['signs']['tied']} tied; "
        f"not sure {pair['unsure_rate']:.1%}{more}"
    )


def _write_checks(figures: dict[str, Any]) -> list[str]:
    named = {
        "left": "left side",
        "repeats": "repeats answered the same",
        "gold": "gold right",
        "identical": "not sure of identical pairs",
        "decoys": "decoys noticed",
    }
    told = [
        f"{text} {_write_rate(figures[key])}"
        for key, text in named.items()
        if figures[key]["total"]
    ]
    if figures["alpha"] is not None:
        told.append(f"Krippendorff's alpha {figures['alpha']:.2f}")
    return [f"  checks: {'; '.join(told)}"] if told else []


def _write_rate(rate: dict[str, Any]) -> str:
    if rate["share"] is None:
        return "nobody yet"
    return f"{rate['share']:.0%}{_write_interval(rate['interval'])} of {rate['total']}"


def _write_interval(interval: list[float] | None, form: str = "{:.1%}") -> str:
    return f" ({form.format(interval[0])} to {form.format(interval[1])})" if interval else ""
