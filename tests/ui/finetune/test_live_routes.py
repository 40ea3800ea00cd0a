"""What a page reads of a run while it goes on."""

import numpy as np

from desra_studio.imaging.io import decode_png
from desra_studio.services.finetune.previews import open_previews
from desra_studio.storage import runs


def add_run(studio):
    with studio.database.write() as session:
        run_id = runs.add_run(session, "finetune", {}).id
        for step in (1, 2):
            runs.add_metric(session, run_id, step, "loss", 1 / step)
        runs.add_metric(session, run_id, 2, "iou", 0.25)
    return run_id


def test_previews(client, studio):
    run_id = add_run(studio)
    path = f"/studio/api/runs/{run_id}/previews"
    assert client.get(path).json()["iterations"] == []
    writer, picture = open_previews(studio, run_id), np.full((8, 12, 3), 7, np.uint8)
    writer.write_fixed("a", [4, 0, 12, 8], dict.fromkeys(("gan", "mse", "pseudo_gt"), picture))
    for iteration in (100, 50):
        writer.write(iteration, picture + iteration)
    answer = client.get(path)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "name": "a",
        "box": [4, 0, 12, 8],
        "fixed": ["gan", "mse", "pseudo_gt"],
        "iterations": [50, 100],
    }
    shown = client.get(f"/studio/runs/{run_id}/previews/000050.png")
    assert (shown.headers["content-type"], shown.headers["cache-control"]) == (
        "image/png",
        "no-store",
    )
    assert np.array_equal(decode_png(shown.content), picture + 50)
    named = client.get(f"/studio/runs/{run_id}/previews/gan.png?v=1")
    assert "immutable" in named.headers["cache-control"]


def test_figures(client, studio):
    answer = client.get(f"/studio/api/runs/{add_run(studio)}/metrics")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {"loss": [[1, 1.0], [2, 0.5]], "iou": [[2, 0.25]]}


def test_refusals(client, studio):
    run_id = add_run(studio)
    for path in (
        "api/runs/99/previews",
        "api/runs/99/metrics",
        f"runs/{run_id}/previews/gan.png",
        f"runs/{run_id}/previews/about.png",
        f"runs/{run_id}/previews/..%2F..%2Flog.png",
        "runs/99/previews/gan.png",
    ):
        answer = client.get(f"/studio/{path}")
        assert answer.status_code == 404, path
    assert client.get(f"/studio/api/runs/{2**40}/metrics").status_code == 422
