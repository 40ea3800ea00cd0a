"""What a study found: shares, majorities, checks and who was left out, raw and screened."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import combinations
from typing import Any

from desra_studio.metrics.intervals import Interval
from desra_studio.services.studies.manifests import read_rules
from desra_studio.services.studies.votes import read_ballots
from desra_studio.services.studio import Studio
from desra_studio.storage import studies
from desra_studio.storage.study_tables import Study
from desra_studio.study.bradley_terry import rank_systems
from desra_studio.study.consistency import Rate, measure_consistency
from desra_studio.study.majorities import ImageShare, compare_signs, share_by_image
from desra_studio.study.order import PROMINENCE
from desra_studio.study.power import estimate_votes_needed
from desra_studio.study.prominence import measure_false_alarms, measure_prominence
from desra_studio.study.screening import Excluded, screen
from desra_studio.study.shares import measure_share
from desra_studio.study.votes import Ballot, select_votes

Names = dict[int, str]


def report_study(studio: Studio, study_id: int) -> dict[str, Any]:
    """Return all figures of a study; intervals are [low, high] of 95 %, None where there is none.

    Returns:
        {"study", "id", "kind", "state", "manifest_sha", "seed", "systems", "votes": cast in all,
        "voters", "rules", "excluded": [{"voter", "label", "votes", "reasons"}], "raw": R,
        "screened": R}, where R has

        - "votes": that count, "voters", and the checks "unsure", "left", "repeats", "gold",
          "identical", each {"share", "hits", "total", "interval"}, and "alpha",
        - "questions": [{"text", "pairs": [{"a", "b": names, "share": of a, "interval": two-way,
          "wilson": if votes were independent, "votes", "wins", "unsure", "unsure_rate", "p_value",
          "voters", "images", "signs": {"won", "lost", "tied", "p_value"}, "by_image": [{"image",
          "share", "votes", "interval"}], "votes_needed"}], "ranking": None, or for three systems
          and more [{"system", "worth", "interval", "votes"}]}],
        - "regions": for prominence [{"item", "image", "x", "y", "share", "hits", "total",
          "interval", "unsure"}], "decoys": as a check.

    Raises:
        NotFoundError: no such study.
    """
    with studio.database.read() as session:
        study = studies.get_study(session, study_id)
        voters = {one.id: one for one in studies.list_voters(session, study.id)}
        items = {one.id: one for one in studies.list_items(session, study.id)}
    ballots = read_ballots(studio, study_id)
    kept, excluded = screen(ballots, read_rules(study))
    places = {key: (item.number, _find_place(item.outline)) for key, item in items.items()}

    def tell_excluded(one: Excluded) -> dict[str, Any]:
        voter = voters[one.voter]
        label = voter.label or f"voter {voter.place + 1}"
        told = {"voter": voter.place + 1, "label": label}
        return told | {"votes": one.votes, "reasons": list(one.reasons)}

    return {
        "study": study.name,
        "id": study.id,
        "kind": study.kind,
        "state": study.state,
        "manifest_sha": study.manifest_sha,
        "seed": study.manifest["seed"],
        "systems": _list_names(study),
        "votes": len(ballots),
        "voters": len({one.voter for one in ballots}),
        "rules": study.manifest["rules"],
        "excluded": [tell_excluded(one) for one in excluded],
        "raw": _measure(study, ballots, places),
        "screened": _measure(study, kept, places),
    }


def _measure(
    study: Study, ballots: Sequence[Ballot], places: dict[int, tuple[int, tuple[int, int]]]
) -> dict[str, Any]:
    seed = study.manifest["seed"]
    votes = select_votes(ballots)
    checks = measure_consistency(ballots, seed=seed)
    told: dict[str, Any] = {
        "votes": len(votes),
        "voters": len({one.voter for one in votes}),
        "unsure": _tell_rate(checks.unsure),
        "left": _tell_rate(checks.left),
        "repeats": _tell_rate(checks.repeats),
        "gold": _tell_rate(checks.gold),
        "identical": _tell_rate(checks.identical),
        "alpha": checks.alpha,
        "questions": [],
        "regions": [],
        "decoys": _tell_rate(measure_false_alarms(ballots)),
    }
    names = {image["id"]: image["name"] for image in study.manifest["images"]}
    if study.kind == PROMINENCE:
        told["regions"] = [
            {
                "item": places[one.item][0],
                "image": names[one.image],
                "image_id": one.image,
                "x": places[one.item][1][0],
                "y": places[one.item][1][1],
                "unsure": one.unsure,
                **_tell_rate(one.noticed),
            }
            for one in measure_prominence(ballots)
        ]
        return told
    systems = _list_names(study)
    for number, text in enumerate(study.manifest["questions"]):
        own = select_votes(ballots, number)
        several = len(systems) > 2
        told["questions"].append(
            {
                "text": text,
                "pairs": [
                    _tell_pair(own, pair, systems, names, seed)
                    for pair in combinations(range(len(systems)), 2)
                ],
                "ranking": _tell_ranking(own, systems, seed) if several else None,
            }
        )
    return told


def _tell_pair(
    ballots: Sequence[Ballot], pair: tuple[int, int], systems: list[str], names: Names, seed: int
) -> dict[str, Any]:
    share = measure_share(ballots, *pair, seed=seed)
    images = share_by_image(ballots, *pair)
    return {
        "a": systems[pair[0]],
        "b": systems[pair[1]],
        "share": share.share,
        "interval": _tell_interval(share.interval),
        "wilson": _tell_interval(share.wilson),
        "votes": share.votes,
        "wins": share.wins,
        "unsure": share.unsure,
        "unsure_rate": share.unsure_rate,
        "p_value": share.p_value,
        "voters": share.voters,
        "images": share.images,
        "signs": asdict(compare_signs(images)),
        "by_image": [_tell_image(image, names) for image in images],
        "votes_needed": estimate_votes_needed(share),
    }


def _tell_ranking(ballots: Sequence[Ballot], systems: list[str], seed: int) -> list[dict[str, Any]]:
    return [
        {
            "system": systems[one.system],
            "worth": one.worth,
            "interval": _tell_interval(one.interval),
            "votes": one.votes,
        }
        for one in rank_systems(ballots, len(systems), seed=seed)
    ]


def _tell_image(image: ImageShare, names: Names) -> dict[str, Any]:
    return {
        "image": names[image.image],
        "image_id": image.image,
        "share": image.share,
        "votes": image.votes,
        "interval": _tell_interval(image.wilson),
    }


def _tell_rate(rate: Rate) -> dict[str, Any]:
    return {
        "share": rate.share,
        "hits": rate.hits,
        "total": rate.total,
        "interval": _tell_interval(rate.interval),
    }


def _tell_interval(interval: Interval | None) -> list[float] | None:
    return [interval.low, interval.high] if interval else None


def _list_names(study: Study) -> list[str]:
    return [system["name"] for system in study.manifest["systems"]]


def _find_place(outline: dict[str, Any] | None) -> tuple[int, int]:
    found = outline or {}
    return int(found.get("x", 0)), int(found.get("y", 0))
