"""The commands of user studies: what there is, what it found, and its votes as files."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from desra_studio.cli.console import DatabaseUrl, DataDir, Json, make_settings, print_result
from desra_studio.errors import InputError
from desra_studio.services.studies import lifecycle
from desra_studio.services.studies.manifests import export_manifest
from desra_studio.services.studies.reports import (
    Bounds,
    CheckRate,
    PairResult,
    RegionResult,
    StudyFigures,
    StudyReport,
    report_study,
)
from desra_studio.services.studies.votes import render_votes_csv, render_votes_json
from desra_studio.services.studio import Studio, open_studio
from desra_studio.wording import count_noun

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
        f"{one.id:>4}  {one.state:<7} {one.kind:<11} {one.votes:>6} of "
        f"{one.wanted} votes  {one.name}"
        for one in found
    ]
    told = {"studies": [asdict(one) for one in found]}
    print_result(told, "\n".join(lines) or "There is no study yet.", as_json)


@studies_app.command(epilog="Example: desra-studio study report first")
def report(
    study: Named,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Print what a study found: shares with intervals, checks, and who was left out and why."""
    studio = _open(data_dir, database_url)
    result = report_study(studio, lifecycle.find_study(studio, study))
    print_result(asdict(result), "\n".join(_write_report(result)), as_json)


@studies_app.command(epilog="Example: desra-studio study export first --out votes.csv")
def export(
    study: Named,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="File to write; one that is there is replaced.")
    ],
    file_format: Annotated[
        str,
        typer.Option(
            "--format",
            help="csv or json: all votes; manifest: what was written down before the first vote.",
        ),
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


def _write_report(result: StudyReport) -> list[str]:
    lines = [
        f"{result.study} ({result.state}): {count_noun(result.votes, 'answer')} of "
        f"{count_noun(result.voters, 'voter')}, {len(result.excluded)} left out",
        f"manifest {result.manifest_sha}",
        _write_screening(result),
    ]
    lines += [f"  left out: {one.label}: {'; '.join(one.reasons)}" for one in result.excluded]
    for side, figures in (("screened", result.screened), ("raw", result.raw)):
        lines += [
            "",
            f"{side}: {count_noun(figures.votes, 'vote')} of {count_noun(figures.voters, 'voter')}",
        ]
        for question in figures.questions:
            lines.append(f"  {question.text}")
            lines += [_write_pair(pair) for pair in question.pairs]
            for one in question.ranking or []:
                where = _write_interval(one.interval, "{:+.2f}")
                lines.append(f"    worth {one.worth:+.2f}{where}  {one.system}")
        for region in figures.regions:
            lines.append(
                f"  {region.image} at {region.x}, {region.y}: noticed by "
                f"{_write_rate(region)} ({region.unsure} not sure)"
            )
        lines += _write_checks(figures)
    return lines


def _write_screening(result: StudyReport) -> str:
    found = result.screening
    if found.missing:
        lack = f"{found.missing} more are needed"
        return f"not screened by gold: {found.checks} checks per voter, {lack}"
    if not found.random:
        return "not screened by gold: no share of right answers is asked for"
    few = (
        f"; {count_noun(result.unjudged, 'voter')} saw fewer than {found.needed}"
        if result.unjudged
        else ""
    )
    return (
        f"screened by gold: {found.wrong} of {found.gold} wrong leave a voter out "
        f"({found.careful:.1%} of careful ones, {found.random:.0%} of random ones){few}"
    )


def _write_pair(pair: PairResult) -> str:
    if pair.share is None:
        return f"    {pair.a} against {pair.b}: no votes yet"
    more = f", about {pair.votes_needed} more votes needed" if pair.votes_needed else ""
    return (
        f"    {pair.a} over {pair.b}: {pair.share:.1%}"
        f"{_write_two_way(pair)}; "
        f"{_write_interval(pair.wilson).strip()} if votes were independent; "
        f"n = {pair.votes}, p = {pair.p_value:.2g}; images "
        f"{pair.signs.won} won, {pair.signs.lost} lost, {pair.signs.tied} tied; "
        f"not sure {pair.unsure_rate:.1%}{more}"
    )


def _write_two_way(pair: PairResult) -> str:
    if pair.interval or not (pair.voters_wanting or pair.images_wanting):
        return f"{_write_interval(pair.interval)} two-way"
    return (
        f" (no interval: {pair.voters_wanting} more voters and {pair.images_wanting} more images "
        "are needed)"
    )


def _write_checks(figures: StudyFigures) -> list[str]:
    named = {
        "left side": figures.left,
        "repeats answered the same": figures.repeats,
        "gold right": figures.gold,
        "not sure of identical pairs": figures.identical,
        "decoys noticed": figures.decoys,
    }
    told = [f"{text} {_write_rate(rate)}" for text, rate in named.items() if rate.total]
    if figures.alpha is not None:
        told.append(f"Krippendorff's alpha {figures.alpha:.2f}")
    return [f"  checks: {'; '.join(told)}"] if told else []


def _write_rate(rate: CheckRate | RegionResult) -> str:
    if rate.share is None:
        return "nobody yet"
    return f"{rate.share:.0%}{_write_interval(rate.interval)} of {rate.total}"


def _write_interval(interval: Bounds, form: str = "{:.1%}") -> str:
    return f" ({form.format(interval[0])} to {form.format(interval[1])})" if interval else ""
