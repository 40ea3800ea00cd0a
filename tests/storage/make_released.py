"""Makes the database file of one released schema, with the code that this schema was released with.

    python tests/storage/make_released.py NNNN OUT

makes OUT, a `studio.sqlite` at schema NNNN with a row in every table; where OUT ends in .gz it is
compressed, as files above 300 kB are. Whoever adds a migration runs it with the code of that
migration, and again should that change before it is released:

    PYTHONPATH=. python tests/storage/make_released.py 0009 tests/storage/released/0009.sqlite.gz

The files that are there were each made by the last commit of the main line (`git log
--first-parent`) at their schema; its migration had its final text by then:

    0001 623eaff   0002 1ac7c2d   0003 5c9d47e   0004 0f01708   0005 d01e96c   0006 9741cc3
    0007 edd8acb

    git archive COMMIT | tar -x -C OLD
    (cd OLD && PYTHONPATH=. python REPOSITORY/tests/storage/make_released.py NNNN OUT)

The code in the path imports, detects, labels, scores and votes by its services where it has them,
and else by rows of its own tables (jobs that ran, for example: nothing is trained here). Images,
masks and maps are not kept: migrations do without them. Once a schema is released its file is never
made again: it is what people have. What a new schema has to hold gets a step in `fill_studio`.
"""

import gzip
import os
import sqlite3
import sys
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from desra_studio.config import Settings
from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import StaleRevisionError
from desra_studio.imaging.io import encode_png
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, load_detected_mask, pack_mask, save_mask
from desra_studio.services.scores.dataset import score_dataset
from desra_studio.services.studio import open_studio
from desra_studio.storage import datasets, models, runs, training_sets
from desra_studio.storage.base import now
from desra_studio.storage.migrate import get_head
from desra_studio.storage.region_label import RegionLabel
from desra_studio.storage.study_tables import Study
from desra_studio.storage.tables import Rendition
from desra_studio.vocabulary import ModelRole, RunStatus, State

SIZE = 128
SQUARES = ((slice(14, 38), slice(14, 38)), (slice(70, 94), slice(66, 90)))
"""Where GAN-SR is noisy; each is a component of the detected mask."""
PARAMS = DetectorParams(area_threshold=200)
SOURCE = "/srv/bilder/Straßen und Plätze"
"""What the file says instead of the scratch folder that the images were imported from."""
NETWORK = "example/segformer@0123abcd"


def make_file(schema: str, out: Path) -> None:
    """Make an installation in a scratch folder, and keep its database alone."""
    os.environ["DESRA_STUDIO_SEGMENTATION"] = "none"
    os.environ["DESRA_STUDIO_BLIND_SHARE"] = "0"
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        settings = Settings(data_dir=data, database_url="", device="cpu", author="ana")
        studio = open_studio(settings)
        fill_studio(studio, int(schema), Path(scratch))
        studio.database.close()
        content = pack_database(data / "studio.sqlite")
    for private in (scratch, str(Path.cwd())):
        if private.encode() in content:
            raise SystemExit(f"{private} stands in the database: a folder of this machine.")
    out.write_bytes(gzip.compress(content, mtime=0) if out.suffix == ".gz" else content)


def fill_studio(studio, schema: int, folder: Path) -> None:
    """Work as people do, with all that the schema has."""
    dataset_id = import_pairs(studio, folder / "pairs", schema)
    if schema >= 2:
        import_waiting(studio, folder / "waiting")
    if schema >= 8:
        delete_waiting(studio, folder / "again")
    detect_dataset(studio, dataset_id, PARAMS)
    images = list_images(studio, dataset_id)
    if schema >= 3:
        detect_otherwise(studio, dataset_id, images["čaj"])
        calibrate(studio)
    if schema >= 4:
        set_up_people(studio, dataset_id)
    label_some_blind(studio, dataset_id, images["čaj"], schema)
    label_images(studio, images)
    if schema < 4:
        write_note(studio, images["straße"])
    if schema >= 3:
        label_regions(studio, images["straße"], schema)
    if schema >= 4:
        label_together(studio, dataset_id, images)
    score_dataset(studio, dataset_id)
    fine_tune(studio, dataset_id, schema)
    if schema >= 7:
        compare_systems(studio, dataset_id)
        ask_prominence(studio, dataset_id)
    if schema >= 9:
        let_sign_in(studio)


def import_pairs(studio, folder: Path, schema: int) -> int:
    """Import seven pairs with LR, one with a manual mask; returns the dataset's id.

    Since there is such a choice, GAN-SR is compared with what another model made.
    """
    compared = {}
    if schema >= 11:
        from desra_studio.references import parse_reference

        compared = {"reference": parse_reference("other:SwinIR")}
    for seed, name in enumerate(("alt", "čaj", "einig", "offen", "straße", "Łódź", "雪山")):
        mse = np.repeat(np.linspace(60, 180, SIZE)[None, :, None], SIZE, 0).repeat(3, 2)
        gan = mse.copy()
        for square in SQUARES:
            gan[square] += np.random.default_rng(seed).normal(0, 40, gan[square].shape)
        gan, mse = (pixels.clip(0, 255).astype(np.uint8) for pixels in (gan, mse))
        write_image(folder / "GAN-SR" / f"{name}.png", gan)
        write_image(folder / "MSE-SR" / f"{name}.png", mse)
        write_image(folder / "LR" / f"{name}.png", np.ascontiguousarray(mse[::4, ::4]))
    (folder / "GT-Mask").mkdir()
    (folder / "GT-Mask" / "alt.png").write_bytes(encode_mask_png(mark(SQUARES[0])))
    dataset_id = import_dataset(studio, folder, "Straßen", **compared).dataset_id
    forget_folder(studio, dataset_id)
    return dataset_id


def import_waiting(studio, folder: Path) -> None:
    """Import LR images alone: a dataset that has no pair of models yet."""
    write_image(folder / "LR" / "später.png", np.full((24, 24, 3), 90, np.uint8))
    forget_folder(studio, import_dataset(studio, folder, "Später").dataset_id)


def delete_waiting(studio, folder: Path) -> None:
    """Put the dataset that waits into the bin, and import another one under its name."""
    from desra_studio.services.datasets.bin import delete_dataset

    with studio.database.read() as session:
        dataset_id = datasets.find_dataset(session, "Später").id
    delete_dataset(studio, dataset_id)
    import_waiting(studio, folder)


def forget_folder(studio, dataset_id: int) -> None:
    with studio.database.write() as session:
        datasets.get_dataset(session, dataset_id).source = SOURCE


def list_images(studio, dataset_id: int) -> dict[str, int]:
    """Ids of the images of a dataset by name."""
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
        return {record.image.name: record.image.id for record in records}


def detect_otherwise(studio, dataset_id: int, image_id: int) -> None:
    """Run other detectors to be compared, and name the classes of an image."""
    from desra_studio.imaging.io import encode_label_map
    from desra_studio.services.detection.dataset import detect_labelled_pair
    from desra_studio.services.detection.detectors import parse_detector, run_detectors
    from desra_studio.storage.weight_sets import put_class_map

    other = DetectorParams(contrast_threshold=0.6, area_threshold=200)
    run_detectors(studio, dataset_id, [other, parse_detector("ldl")])
    labels = np.repeat(np.where(np.arange(SIZE) < SIZE // 2, 2, 21)[:, None], SIZE, 1)
    sha = studio.blobs.put(encode_label_map(labels.astype(np.uint8)))
    with studio.database.read() as session:
        record = datasets.get_record(session, image_id)
    found = detect_labelled_pair(studio, record.gan, record.mse, PARAMS, sha, NETWORK)
    with studio.database.write() as session:
        put_class_map(session, record.gan.blob_sha, NETWORK, sha)
        session.add(found)


def calibrate(studio) -> None:
    """Keep a weight set as a calibration writes it."""
    from desra_studio.detection.class_weights import load_released_intervals
    from desra_studio.storage.weight_sets import add_weight_set

    rows = [
        {"interval": int(interval), "pixels": 9000, "images": 7, "calibrated": index < 5}
        for index, interval in enumerate(load_released_intervals())
    ]
    with studio.database.write() as session:
        add_weight_set(session, "Außenaufnahmen", rows, "7 clean images of Straßen", NETWORK, 7)


def set_up_people(studio, dataset_id: int) -> None:
    """Keep what people set for themselves, and the kinds of artifacts that they tell apart."""
    from desra_studio.services.accounts.profiles import keep_settings
    from desra_studio.services.review.kinds import keep_kinds

    keep_settings(studio, {"keys": {"accept": "ä"}, "panes": ["gan", "mse"]}, "ana")
    keep_settings(studio, {}, "ben")
    keep_kinds(studio, dataset_id, ["blotch", "Geisterkante", "重复纹理"])


def let_sign_in(studio) -> None:
    """Make two of those who worked here users, invite a third, and sign one in."""
    from desra_studio.services.accounts.audit import record_event
    from desra_studio.services.accounts.sessions import sign_in
    from desra_studio.services.accounts.users import add_user, adopt_user, disable_user
    from desra_studio.vocabulary import Role

    adopt_user(studio, "ana", Role.ADMIN, "vier Wörter und mehr")
    adopt_user(studio, "ben", Role.REVIEWER, "ještě jedno heslo")
    add_user(studio, "Ζωή", Role.CURATOR)
    disable_user(studio, "ben")
    sign_in(studio, "ana", "vier Wörter und mehr")
    record_event(studio, "ana", "POST /studio/api/users", "/studio/api/users", 201)


def label_images(studio, images: dict[str, int]) -> None:
    """Accept with a correction, mark clean, skip, begin, and save too late."""
    save(studio, "ana", images["straße"], load_detected(studio, images["straße"]))
    save(studio, "ben", images["straße"], mark(*SQUARES))
    judge(studio, "ben", images["straße"], State.ACCEPTED)
    save(studio, "ana", images["雪山"], mark())
    judge(studio, "ana", images["雪山"], State.CLEAN)
    judge(studio, "ben", images["Łódź"], State.SKIPPED)
    save(studio, "ben", images["čaj"], mark(SQUARES[1]))
    save(studio, "ana", images["einig"], load_detected(studio, images["einig"]))
    judge(studio, "ana", images["einig"], State.ACCEPTED)
    with suppress(StaleRevisionError):  # kept as a revision that is not the current one
        save_mask(be(studio, "ben"), images["alt"], mark(*SQUARES), 0)


def label_some_blind(studio, dataset_id: int, image_id: int, schema: int) -> None:
    """Have one of the images labelled blind, as an import would."""
    if schema < 10:
        return
    with studio.database.write() as session:
        datasets.get_dataset(session, dataset_id).blind_share = 0.2
        datasets.get_image(session, image_id).is_blind = True


def write_note(studio, image_id: int) -> None:
    """Write a note beside the current mask: the column was there before its service was."""
    with studio.database.write() as session:
        datasets.get_record(session, image_id).revision.note = "Kante links geprüft"


def label_regions(studio, image_id: int, schema: int) -> None:
    """Say of what kind and how severe two components are."""
    from desra_studio.services.review.regions import label_region

    kind, said = "repeated pattern", {}
    if schema >= 4:
        kind, said = "重复纹理", {"note": "wie ein Gewebe, größer als nebenan"}
    label_region(be(studio, "ana"), image_id, RegionLabel(80, 80, kind=kind, severity=4, **said))
    label_region(be(studio, "ben"), image_id, RegionLabel(25, 25, kind="blotch", severity=1))


def label_together(studio, dataset_id: int, images: dict[str, int]) -> None:
    """Claim, assign, flag, ask for opinions, agree on one label, and leave drafts."""
    from desra_studio.services.review import claims, drafts, flags, opinions
    from desra_studio.services.review.bulk import BulkChange, change_images
    from desra_studio.services.review.consensus import Method, make_consensus
    from desra_studio.services.review.disagreement import measure_disagreement
    from desra_studio.storage.label_tables import ReviewFlag

    claims.claim_image(studio, images["čaj"], "ben")
    change = BulkChange(action="assign", to="zoë")
    change_images(studio, dataset_id, change, [images["čaj"], images["offen"]])
    found = [
        flags.Finding(images["Łódź"], "unscharf über der Brücke", 10, 20),
        flags.Finding(images["čaj"], "schon gesehen"),
    ]
    made = flags.flag_images(studio, "reviewer", found)
    with studio.database.write() as session:
        session.get_one(ReviewFlag, made[1]).resolved_at = now()
    for name in ("einig", "offen"):
        opinions.ask_opinions(studio, images[name], 2)
    note = {"note": "größer gefasst"}
    save(studio, "ben", images["einig"], mark(*SQUARES), **note)
    judge(studio, "ben", images["einig"], State.ACCEPTED)
    make_consensus(be(studio, "ana"), images["einig"], Method.UNION)
    save(studio, "ana", images["offen"], mark(SQUARES[0]))
    judge(studio, "ana", images["offen"], State.ACCEPTED)
    for image_id in images.values():
        measure_disagreement(studio, image_id)
    for name in ("offen", "Łódź"):
        drafts.keep_draft(studio, images[name], pack_mask(mark(SQUARES[1])), 1, "ben")


def fine_tune(studio, dataset_id: int, schema: int) -> None:
    """Write what fine-tunings leave: a frozen set, jobs of every end, figures, and a model."""
    sha = studio.blobs.put(b"weights")
    with studio.database.write() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        records = datasets.list_records(session, dataset)
        chosen = [record.label for record in records if record.state is State.ACCEPTED]
        held_out = [[chosen[-1].id]] if schema >= 5 else []
        frozen = training_sets.freeze_training_set(session, dataset_id, chosen, *held_out)
        config = {"dataset_id": dataset_id, "training_set_id": frozen.id, "iterations": 4}
        done, failed, cancelled, lost = (runs.add_run(session, "finetune", config) for _ in "1234")
        for step in range(1, 5):
            runs.add_metric(session, done.id, step, "loss", 0.1 / step)
            done.done = done.total = step
        runs.finish_run(done, RunStatus.DONE, "Fertig: 4 Schritte", {"loss": 0.025})
        runs.finish_run(failed, RunStatus.FAILED, "Nicht genügend Speicher")
        runs.finish_run(cancelled, RunStatus.CANCELLED)
        cancelled.cancel_requested = True
        lost.status, lost.done, lost.total = RunStatus.RUNNING, 2, 4
        done.started_at = failed.started_at = now() - timedelta(hours=1)
        lost.started_at = lost.heartbeat_at = now() - timedelta(days=3)
        if schema >= 6:
            lost.done_before = 1
        tuned = models.add_model(
            session,
            "Straßen GAN-SR fine-tuned 1",
            ModelRole.GAN,
            architecture="SRVGGNetCompact",
            scale=4,
            file_sha=sha,
            parent_run_id=done.id,
        )
        for record in records[:2]:
            output = Rendition(
                image_id=record.image.id, model_id=tuned.id, blob_sha=record.mse.blob_sha
            )
            session.add(output)


def compare_systems(studio, dataset_id: int) -> None:
    """Ask which of two outputs is better, and leave the study open, half voted."""
    from desra_studio.services.studies.lifecycle import open_study
    from desra_studio.services.studies.links import join_study, make_links, make_open_link

    with studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
    study_id = make_study(
        studio,
        dataset_id,
        name="Vergleich für März",
        systems=(dataset.gan_model_id, dataset.mse_model_id),
        questions=("Welches Bild hat weniger Störungen?", "Welches zeigt mehr?"),
        controls=1,
        check_share=0.45,
    )
    links = make_links(studio, study_id, ["Jürgen", "Ayşe"], days=30)
    open_study(studio, study_id)
    with studio.database.read() as session:
        study = session.get(Study, study_id)
    links.append(join_study(studio, make_open_link(study)))
    vote(studio, links[0], ("left", "right", "unsure"), 100)
    vote(studio, links[2], ("right",), 3)


def ask_prominence(studio, dataset_id: int) -> None:
    """Ask whether artifacts are noticed, close the study, and keep what voters said of regions."""
    from desra_studio.services.studies.findings import keep_prominence
    from desra_studio.services.studies.lifecycle import close_study, open_study
    from desra_studio.services.studies.links import make_links
    from desra_studio.study.screening import Rules

    with studio.database.read() as session:
        gan_id = datasets.get_dataset(session, dataset_id).gan_model_id
    study_id = make_study(
        studio,
        dataset_id,
        name="Auffällig?",
        kind="prominence",
        systems=(gan_id,),
        controls=1,
        rules=Rules(min_votes=1, min_gold_pass=0, min_repeats=0, min_median_seconds=0),
    )
    links = make_links(studio, study_id, ["Jürgen"])
    open_study(studio, study_id)
    vote(studio, links[0], ("yes", "yes", "no"), 100)
    close_study(studio, study_id)
    keep_prominence(studio, study_id)


def make_study(studio, dataset_id: int, **values) -> int:
    from desra_studio.services.studies.lifecycle import create_study
    from desra_studio.study.order import StudyOrder

    usual = {"title": "Bilder vergleichen", "window_px": 32, "training": 1, "min_seconds": 0.0}
    return create_study(studio, dataset_id, StudyOrder(**usual, **values))


def vote(studio, link: str, answers: tuple[str, ...], most: int) -> None:
    """Give so many answers, in turn."""
    from desra_studio.services.studies import voting

    shown = {"zoom": 1, "ratio": 1, "width": 1366, "height": 768}
    trial = voting.begin_session(studio, link, shown).trial
    for number in range(most):
        if trial is None:
            break
        nonce = voting.mark_shown(studio, link, trial.code).nonce
        answer = answers[number % len(answers)]
        trial = voting.cast_vote(studio, link, trial.code, answer, nonce).next.trial


def be(studio, author: str):
    """The studio as somebody has it."""
    return replace(studio, settings=studio.settings.model_copy(update={"author": author}))


def save(studio, author: str, image_id: int, mask, **said) -> None:
    version = describe_image(be(studio, author), image_id).version
    save_mask(be(studio, author), image_id, mask, version, **said)


def judge(studio, author: str, image_id: int, state: State) -> None:
    version = describe_image(be(studio, author), image_id).version
    judge_image(be(studio, author), image_id, state, version)


def load_detected(studio, image_id: int):
    detection = describe_image(studio, image_id).detection
    return load_detected_mask(studio, detection.id)


def mark(*squares):
    """A mask that marks squares."""
    mask = np.zeros((SIZE, SIZE), bool)
    for square in squares:
        mask[square] = True
    return mask


def write_image(path: Path, pixels) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_png(pixels))


def pack_database(path: Path) -> bytes:
    """Bring a database into one small file, having seen that every table has a row."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("VACUUM")
    tables_ = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in tables_:
        if connection.execute(f'SELECT 1 FROM "{name}"').fetchone() is None:
            raise SystemExit(f"The table {name} is empty. Give `fill_studio` a step that fills it.")
    connection.close()
    return path.read_bytes()


def main(arguments: list[str]) -> None:
    if len(arguments) != 2:
        raise SystemExit("Usage: make_released.py NNNN OUT. See the text at the top of this file.")
    schema, out = arguments
    if get_head() != schema:
        raise SystemExit(
            f"The code in the path makes schema {get_head()}, not {schema}. "
            "Put the right one there: see the text at the top of this file."
        )
    make_file(schema, Path(out))


if __name__ == "__main__":
    main(sys.argv[1:])
