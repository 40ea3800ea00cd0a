"""Who may ask what of the server. What stands here is answered, nothing else is.

A route is 'METHOD /path', with the parameters as they stand where it is declared; GET is HEAD, too.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from starlette.routing import compile_path

from desra_studio.ui.shared.gradio_doors import EVENTS, FILES, READ
from desra_studio.ui.shared.static_files import STATIC_ROOT
from desra_studio.vocabulary import Role

PAGES: Final = (
    "/",
    "/review",
    "/fine-tune",
    "/proof",
    "/scores",
    "/studies",
    "/models",
    "/team",
)

OPEN: Final = (
    "GET /healthz",
    "GET /login",
    "POST /login",
    "POST /logout",
    "GET /login/sso",
    "GET /login/sso/callback",
    "GET /invite/{token}",
    "POST /invite/{token}",
    f"GET {STATIC_ROOT}/{{file:path}}",
    *(f"GET {path}" for path in READ if not path.startswith("/gradio_api")),
    *(f"GET {folder}{{file:path}}" for folder in FILES if not folder.startswith("/gradio_api")),
    # Voters have a link and no account; the voting itself knows whose it is.
    "GET /vote/{link}",
    "GET /vote/image/{code}/{side}.png",
    "GET /vote/api/{link}",
    "GET /vote/api/{link}/next",
    "POST /vote/api/{link}/join",
    "POST /vote/api/{link}/begin",
    "POST /vote/api/{link}/trials/{code}/shown",
    "POST /vote/api/{link}/trials/{code}",
)
"""What anybody may ask: signing in, voting by a link, and files that have nothing of a user."""

REVIEWER: Final = (
    *(f"GET {path}" for path in PAGES if path != "/team"),
    *(f"GET {path}" for path in READ if path.startswith("/gradio_api")),
    *(f"GET {folder}{{file:path}}" for folder in FILES if folder.startswith("/gradio_api")),
    *(f"POST {path}" for path in EVENTS),
    "GET /studio/api/user",
    "PUT /studio/api/user",
    "POST /studio/api/user/password",
    "GET /studio/api/loop",
    "GET /studio/api/datasets",
    "GET /studio/api/datasets/{dataset_id}/deletion",
    "GET /studio/api/datasets/{dataset_id}/fine-tuned",
    "GET /studio/api/datasets/{dataset_id}/labels.{form}",
    "GET /studio/api/datasets/{dataset_id}/kinds",
    "GET /studio/api/datasets/{dataset_id}/progress",
    "GET /studio/api/export-formats",
    # Review
    "GET /studio/api/datasets/{dataset_id}/queue",
    "GET /studio/api/datasets/{dataset_id}/queue/next",
    "GET /studio/api/datasets/{dataset_id}/queue/step",
    "POST /studio/api/datasets/{dataset_id}/queue/claim-next",
    "POST /studio/api/datasets/{dataset_id}/bulk",
    "POST /studio/api/datasets/{dataset_id}/take-back",
    "GET /studio/api/images/{image_id}",
    "GET /studio/api/images/{image_id}/attribution",
    "GET /studio/api/images/{image_id}/revisions",
    "GET /studio/api/images/{image_id}/regions",
    "POST /studio/api/images/{image_id}/regions",
    "POST /studio/api/images/{image_id}/mask",
    "POST /studio/api/images/{image_id}/verdict",
    "POST /studio/api/images/{image_id}/restore",
    "POST /studio/api/images/{image_id}/opinions",
    "POST /studio/api/images/{image_id}/consensus",
    "GET /studio/api/images/{image_id}/draft",
    "PUT /studio/api/images/{image_id}/draft",
    "DELETE /studio/api/images/{image_id}/draft",
    "POST /studio/api/images/{image_id}/claim",
    "DELETE /studio/api/images/{image_id}/claim",
    "GET /studio/api/detections/{detection_id}/live",
    "GET /studio/api/weight-sets",
    "GET /studio/api/classes",
    "GET /studio/images/{image_id}/lr.png",
    "GET /studio/images/{image_id}/thumbnail.png",
    "GET /studio/renditions/{rendition_id}.png",
    "GET /studio/renditions/{rendition_id}/tiles/{level}/{column}_{row}.png",
    "GET /studio/revisions/{revision_id}.mask",
    "GET /studio/revisions/{revision_id}/pseudo-gt.png",
    "GET /studio/detections/{detection_id}.mask",
    "GET /studio/detections/{detection_id}/map.png",
    "GET /studio/detections/{detection_id}/map.bin",
    "GET /studio/detections/{detection_id}/classes.bin",
    # Fine-tuning and its proof, to look at
    "GET /studio/api/fine-tunings",
    "GET /studio/api/datasets/{dataset_id}/finetune",
    "GET /studio/api/datasets/{dataset_id}/finetune/runs",
    "GET /studio/api/datasets/{dataset_id}/finetune/points",
    "GET /studio/api/runs/{run_id}/previews",
    "GET /studio/runs/{run_id}/previews/{name}.png",
    "GET /studio/api/runs/{run_id}/metrics",
    "GET /studio/api/runs/{run_id}/proof",
    # Whose job it is decides what may cancel it: see JOBS.
    "POST /studio/api/runs/{run_id}/cancel",
    # Scores
    "GET /studio/api/datasets/{dataset_id}/scores.csv",
    "GET /studio/api/datasets/{dataset_id}/scores-images.csv",
    "POST /studio/api/datasets/{dataset_id}/compare",
    "POST /studio/api/datasets/{dataset_id}/curve",
    # Studies, to look at
    "GET /studio/api/datasets/{dataset_id}/studies",
    "GET /studio/api/studies/jobs/{run_id}",
    "GET /studio/api/studies/{study_id}",
    "GET /studio/api/studies/{study_id}/report",
    "GET /studio/api/studies/{study_id}/{file}",
)
"""Labels, verdicts and scores; everything of a dataset can be looked at."""

CURATOR: Final = (
    "POST /studio/api/datasets/import",
    "POST /studio/api/demo",
    "GET /studio/api/uploads",
    "POST /studio/api/uploads",
    "GET /studio/api/uploads/{named}",
    "PUT /studio/api/uploads/{named}",
    "POST /studio/api/uploads/{named}/import",
    "DELETE /studio/api/uploads/{named}",
    "GET /studio/api/datasets/{dataset_id}/export",
    "PATCH /studio/api/datasets/{dataset_id}",
    "DELETE /studio/api/datasets/{dataset_id}",
    "POST /studio/api/datasets/{dataset_id}/restore",
    "PUT /studio/api/datasets/{dataset_id}/kinds",
    "POST /studio/api/datasets/{dataset_id}/upscale",
    "POST /studio/api/datasets/{dataset_id}/calibrate",
    "POST /studio/api/datasets/{dataset_id}/detect",
    "POST /studio/api/datasets/{dataset_id}/studies",
    "POST /studio/api/studies/{study_id}/open",
    "POST /studio/api/studies/{study_id}/close",
    "POST /studio/api/studies/{study_id}/links",
    "POST /studio/api/studies/{study_id}/send-back",
    "POST /studio/api/studies/{study_id}/prominence",
    "POST /studio/api/runs/{run_id}/prove",
    "POST /studio/api/runs/{run_id}/send-back",
)
"""What a dataset is and what is asked of people: imports, detection, exports, studies."""

ADMIN: Final = (
    "GET /team",
    "GET /metrics",
    "GET /studio/api/users",
    "POST /studio/api/users",
    "PATCH /studio/api/users/{name}",
    "POST /studio/api/users/{name}/invitation",
    "GET /studio/api/audit",
    "GET /studio/api/server",
    "GET /studio/api/runs/{run_id}/log",
    "POST /studio/api/models",
    "POST /studio/api/models/pull",
    "POST /studio/api/models/derive",
    "POST /studio/api/models/pair",
    "GET /studio/api/models/{model_id}/{file:path}",
    "GET /studio/api/runs/{run_id}/generator.safetensors",
    "POST /studio/api/datasets/{dataset_id}/finetune",
    "POST /studio/api/runs/{run_id}/points/{iteration}/take",
    "POST /studio/api/runs/{run_id}/resume",
    "POST /studio/api/runs/{run_id}/apply",
)
"""Users, models and fine-tuning."""

BY_TOKEN: Final = frozenset({"GET /metrics"})
"""What the token of `metrics_token` opens, too."""

EVENT_ROLES: Final = {
    "load_page": Role.REVIEWER,
    "show_status": Role.REVIEWER,
    "show_weights": Role.REVIEWER,
    "show_chosen": Role.REVIEWER,
    "show_added": Role.REVIEWER,
    "refresh": Role.REVIEWER,
    "choose": Role.REVIEWER,
    "tick": Role.REVIEWER,
    "load": Role.REVIEWER,
    "compare": Role.REVIEWER,
    "_read_name": Role.REVIEWER,
}
"""Handlers of Gradio's events, by the name of their function; all of them only read."""

JOBS: Final = {
    "score": Role.REVIEWER,
    "curve": Role.REVIEWER,
    "finetune": Role.ADMIN,
    "apply": Role.ADMIN,
    "derive": Role.ADMIN,
    "pull": Role.ADMIN,
}
"""Who may cancel a kind of job: who may start it; a curator, where it is not named."""

UNTOLD: Final = frozenset(
    {
        "PUT /studio/api/user",
        "PUT /studio/api/images/{image_id}/draft",
        "DELETE /studio/api/images/{image_id}/draft",
        "POST /studio/api/images/{image_id}/claim",
        "DELETE /studio/api/images/{image_id}/claim",
        "POST /studio/api/datasets/{dataset_id}/queue/claim-next",
        "PUT /studio/api/uploads/{named}",
        *(f"POST {path}" for path in EVENTS),
        *(route for route in OPEN if route.startswith("POST /vote")),
    }
)
"""Writes that are no deeds of their own: the audit trail leaves them out."""


@dataclass(frozen=True)
class Rule:
    """Who may ask one route.

    Attributes:
        route: as it stands in the table.
        role: what it takes; None for anybody.
    """

    route: str
    role: Role | None

    @property
    def is_told(self) -> bool:
        """Whether the audit trail keeps that it was done."""
        return not self.route.startswith("GET ") and self.route not in UNTOLD


RULES: Final = tuple(
    Rule(route, role)
    for role, routes in (
        (None, OPEN),
        (Role.REVIEWER, REVIEWER),
        (Role.CURATOR, CURATOR),
        (Role.ADMIN, ADMIN),
    )
    for route in routes
)


def find_rule(method: str, path: str) -> Rule | None:
    """Return the rule of a request, None where there is none: it is not answered then.

    Of several whose paths fit, the strictest counts.
    """
    wanted = "GET" if method == "HEAD" else method
    place = path.rstrip("/") or "/"
    fitting = _compile_rules().get(wanted, ())
    return next((rule for pattern, rule in fitting if pattern.match(place)), None)


@cache
def _compile_rules() -> Mapping[str, Sequence[tuple[re.Pattern[str], Rule]]]:
    """Return by method the rules with what their paths look like, the strictest first."""
    compiled = defaultdict[str, list[tuple[re.Pattern[str], Rule]]](list)
    for rule in reversed(RULES):
        method, _, path = rule.route.partition(" ")
        compiled[method].append((compile_path(path)[0], rule))
    return compiled
