"""Every kind of job: what runs it, which page shows it, and whether it fills the device."""

from dataclasses import asdict
from pathlib import Path

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import StudioError
from desra_studio.references import parse_reference
from desra_studio.services import job_configs as configs
from desra_studio.services.datasets.detecting import detect_imported
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.datasets.sources import import_source
from desra_studio.services.datasets.staged import add_staged, import_staged
from desra_studio.services.detection.dataset import detect_dataset, detect_missing
from desra_studio.services.job_process import AnyKind, Job, JobKind, carry_out
from desra_studio.services.studies.lifecycle import create_study
from desra_studio.services.studio import Studio
from desra_studio.vocabulary import RunStatus


def run_job(studio: Studio, run_id: int) -> RunStatus:
    """Carry a queued job out and return how it ended; nothing is raised."""
    return carry_out(studio, run_id, KINDS)


def list_kinds(page: str) -> list[str]:
    """Return the kinds of jobs that a page shows, by its path: "/models"."""
    return [name for name, kind in KINDS.items() if kind.page == page]


def _run_import(job: Job, config: configs.ImportJobConfig) -> dict[str, object]:
    suffixes = [config.suffix] if config.suffix else []
    if config.staged and config.into is not None:
        return _run_adding(job, config.staged, config.into, suffixes, config.params)
    reference = parse_reference(config.reference)
    if config.staged:
        report = import_staged(
            job.studio,
            config.staged,
            config.name,
            job.report,
            suffixes,
            config.blind_share,
            reference,
        )
    else:
        source = Path(config.source)
        report = import_source(
            job.studio,
            source,
            config.name,
            job.report,
            suffixes,
            blind_share=config.blind_share,
            reference=reference,
        )
    job.show_result(asdict(report))
    if report.lr_only or report.with_detections:
        return job.result
    try:
        return job.result | detect_imported(job.studio, report, config.params, job.report)
    except StudioError as error:
        note = f"{error} The {report.all_images} images are imported; go on with 'Detect again'."
        raise type(error)(note) from error


def _run_adding(
    job: Job, upload_id: str, dataset_id: int, suffixes: list[str], params: DetectorParams
) -> dict[str, object]:
    added = add_staged(job.studio, upload_id, dataset_id, job.report, suffixes)
    job.show_result(asdict(added))
    if not added.images or added.waiting:
        return job.result
    return job.result | asdict(detect_missing(job.studio, dataset_id, params, job.report))


def _run_detect(job: Job, config: configs.DetectJobConfig) -> dict[str, object]:
    return asdict(detect_dataset(job.studio, config.dataset_id, config.params, job.report))


def _run_upscale(job: Job, config: configs.UpscaleJobConfig) -> dict[str, object]:
    job.report(0, 0, "Loading the models")
    # Brings torch in, which some kinds do without, and which takes seconds.
    from desra_studio.services.datasets.upscaling import upscale_dataset

    return asdict(
        upscale_dataset(job.studio, config.dataset_id, config.model_id, config.params, job.report)
    )


def _run_demo(job: Job, config: configs.DemoJobConfig) -> dict[str, object]:
    report = import_dataset(
        job.studio, Path(config.source), config.name, job.report, blind_share=0.0
    )
    job.show_result(asdict(report))
    upscaling = configs.UpscaleJobConfig(report.dataset_id, config.model_id, config.params)
    return job.result | _run_upscale(job, upscaling)


def _run_derive(job: Job, config: configs.DeriveJobConfig) -> dict[str, object]:
    from desra_studio.services.models.deriving import run_derivation

    return asdict(run_derivation(job.studio, config, job.report, job.add_metric))


def _run_pull(job: Job, config: configs.PullJobConfig) -> dict[str, object]:
    from desra_studio.services.models.pulling import pull_model

    details, is_new = pull_model(job.studio, config.model, job.report)
    return {"model": details.name, "model_id": details.id, "new": is_new}


def _run_finetune(job: Job, config: configs.FinetuneJobConfig) -> dict[str, object]:
    from desra_studio.services.finetune.training import finetune_training_set
    from desra_studio.services.proof.proving import prove_or_tell

    trained = finetune_training_set(job.studio, job.run_id, config, job.report, job.add_metric)
    job.result = asdict(trained)

    def report(done: int, total: int, message: str) -> None:
        # The iterations stay: a bar that starts anew would look as if the training did.
        steps = config.settings.iterations
        job.report(steps, steps, f"Proving on image {done + 1} of {total}: {message}")

    return job.result | asdict(prove_or_tell(job.studio, job.run_id, report))


def _run_prove(job: Job, config: configs.ProveJobConfig) -> dict[str, object]:
    job.report(0, 0, "Loading the model")
    from desra_studio.services.proof.proving import prove_again

    return asdict(prove_again(job.studio, config.run_id, job.report))


def _run_apply(job: Job, config: configs.ApplyJobConfig) -> dict[str, object]:
    from desra_studio.services.proof.applying import apply_model

    return asdict(apply_model(job.studio, config.dataset_id, config.model_id, job.report))


def _run_score(job: Job, config: configs.ScoreJobConfig) -> dict[str, object]:
    from desra_studio.services.detection.detectors import read_params, run_detectors

    wanted = [read_params(values) for values in config.detectors]
    return {"notes": run_detectors(job.studio, config.dataset_id, wanted, job.report)}


def _run_curve(job: Job, config: configs.CurveJobConfig) -> dict[str, object]:
    from desra_studio.services.scores.curves import trace_detector

    return asdict(trace_detector(job.studio, config.dataset_id, config.detector, job.report))


def _run_calibrate(job: Job, config: configs.CalibrateJobConfig) -> dict[str, object]:
    from desra_studio.services.detection.calibrating import calibrate_dataset

    return calibrate_dataset(job.studio, config.dataset_id, config.name, report=job.report)


def _run_study(job: Job, config: configs.StudyJobConfig) -> dict[str, object]:
    return {"study": create_study(job.studio, config.dataset_id, config.order, job.report)}


KINDS: dict[str, AnyKind] = {
    "import": JobKind(configs.ImportJobConfig, _run_import, "/"),
    "detect": JobKind(configs.DetectJobConfig, _run_detect, "/"),
    "upscale": JobKind(configs.UpscaleJobConfig, _run_upscale, "/", fills_device=True),
    "demo": JobKind(configs.DemoJobConfig, _run_demo, "/", fills_device=True),
    "calibrate": JobKind(configs.CalibrateJobConfig, _run_calibrate, "/"),
    "finetune": JobKind(configs.FinetuneJobConfig, _run_finetune, "/fine-tune", fills_device=True),
    "apply": JobKind(configs.ApplyJobConfig, _run_apply, "/fine-tune", fills_device=True),
    "prove": JobKind(configs.ProveJobConfig, _run_prove, "/proof", fills_device=True),
    "pull": JobKind(configs.PullJobConfig, _run_pull, "/models"),
    "derive": JobKind(configs.DeriveJobConfig, _run_derive, "/models", fills_device=True),
    "score": JobKind(configs.ScoreJobConfig, _run_score, "/scores"),
    "curve": JobKind(configs.CurveJobConfig, _run_curve, "/scores"),
    "study": JobKind(configs.StudyJobConfig, _run_study, "/studies"),
}
"""Name -> kind. A new one is a line here, its function, and in `job_configs` what it is told."""
