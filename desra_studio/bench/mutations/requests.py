"""What pages send to the routes as JSON: the seeds of bad requests."""

from typing import NamedTuple

DATASET, IMAGE, STUDY, RUN = 1, 1, 1, 1
"""Ids in the home that the requests are made for."""
API = "/studio/api"


class Request(NamedTuple):
    """A request that has JSON in it."""

    method: str
    path: str
    body: dict[str, object]


_DETECTOR: dict[str, object] = {"area_threshold": 400, "contrast_threshold": 0.7}
_FILTER: dict[str, object] = {
    "state": ["unreviewed"],
    "order": "area",
    "kind": "blotch",
    "severity": 2,
    "area_min": 0.1,
}

REQUESTS = (
    Request("POST", f"{API}/images/{IMAGE}/verdict", {"state": "accepted"}),
    Request("POST", f"{API}/images/{IMAGE}/restore", {"revision": 1}),
    Request("POST", f"{API}/images/{IMAGE}/claim", {"take_over": True}),
    Request("POST", f"{API}/images/{IMAGE}/opinions", {"wanted": 2}),
    Request(
        "POST", f"{API}/images/{IMAGE}/consensus",
        {"method": "majority", "runs": "AAAA", "version": 3},
    ),
    Request(
        "POST", f"{API}/images/{IMAGE}/regions",
        {"x": 80, "y": 80, "kind": "blotch", "severity": 2, "note": "here"},
    ),
    Request(
        "POST", f"{API}/datasets/{DATASET}/bulk",
        {"action": "accept", "images": [1, 2], "except": [], "to": "Ada", "wanted": 1},
    ),
    Request(
        "POST", f"{API}/datasets/{DATASET}/bulk",
        {"action": "assign", "filter": _FILTER, "except": [3], "to": "Ada", "force": True},
    ),
    Request(
        "POST", f"{API}/datasets/{DATASET}/take-back",
        {"labels": [{"image": 1, "version": 2, "state": "accepted", "revision": 1, "own": False}]},
    ),
    Request("PUT", f"{API}/datasets/{DATASET}/kinds", {"kinds": ["blotch", "ringing"]}),
    Request("PATCH", f"{API}/datasets/{DATASET}", {"name": "renamed"}),
    Request("POST", f"{API}/datasets/{DATASET}/detect", _DETECTOR),
    Request("POST", f"{API}/datasets/{DATASET}/calibrate", {"name": "calibrated"}),
    Request("POST", f"{API}/datasets/{DATASET}/upscale", {"model": 1, "detector": _DETECTOR}),
    Request(
        "POST", f"{API}/datasets/import",
        {"source": "/nowhere/set.zip", "name": "set", "detector": _DETECTOR, "suffix": "_out"},
    ),
    Request(
        "POST", f"{API}/uploads",
        {"name": "upload", "files": [["a/b.png", 100, 1.5], ["a/c.png", 5, 2]]},
    ),
    Request(
        "POST", f"{API}/datasets/{DATASET}/compare",
        {"baselines": ["ssim"], "contrast": "0,65", "network": None, "input_px": 64},
    ),
    Request("POST", f"{API}/datasets/{DATASET}/curve", {"detector": "desra"}),
    Request(
        "POST", f"{API}/datasets/{DATASET}/finetune",
        {
            "revisions": [1, 2, 3, 4], "generator": 1, "feather_sigma": 2.0, "held_out_share": 0.2,
            "settings": {"iterations": 10, "batch_size": 2, "seed": 0},
        },
    ),
    Request(
        "POST", f"{API}/datasets/{DATASET}/studies",
        {
            "name": "another", "systems": [3, 4], "questions": ["Which?"], "window_px": 64,
            "controls": 1, "training": 0, "rules": {"min_votes": 2, "min_gold_pass": 0.5},
            "images": [1, 2],
        },
    ),
    Request("POST", f"{API}/studies/{STUDY}/links", {"labels": ["Ada", "Grace"], "days": 3}),
    Request("POST", f"{API}/studies/{STUDY}/send-back", {"system": 0}),
    Request("POST", f"{API}/models/pull", {"model": "RealESRGAN_x4plus"}),
    Request("POST", f"{API}/models/pair", {"model": "desra-demo-gan-x4", "partner": 2}),
    Request(
        "POST", f"{API}/models/derive",
        {"model": "desra-demo-gan-x4", "dataset": 1, "hr": "", "iterations": 10},
    ),
    Request(
        "PUT", f"{API}/user", {"settings": {"keys": {"accept": "a"}, "brush": 8, "theme": "dark"}}
    ),
    Request("POST", f"{API}/user/password", {"old": "what it was", "new": "what it will be"}),
    Request("POST", f"{API}/users", {"name": "Ada", "role": "reviewer", "adopt": False}),
    Request("PATCH", f"{API}/users/Ada", {"role": "curator", "disabled": True}),
    Request("POST", "/vote/api/{link}/begin", {"consent": True, "display": {"width": 100}}),
    Request("POST", "/vote/api/{link}/trials/abc", {"answer": "left", "nonce": "x"}),
    Request("POST", "/login", {"name": "Ada", "password": "secret secret"}),
)  # fmt: skip
"""The path of votes has `{link}` where the study's belongs."""
