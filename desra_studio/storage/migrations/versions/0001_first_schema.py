"""First schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                "cancelled",
                name="runstatus",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("config", sa.JSON(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_table(
        "model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum("gan", "mse", name="modelrole", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("architecture", sa.String(length=100), nullable=True),
        sa.Column("scale", sa.Integer(), nullable=True),
        sa.Column("file_sha", sa.String(length=64), nullable=True),
        sa.Column("parent_run_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_run_id"], ["run.id"], name=op.f("fk_model_parent_run_id_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model")),
        sa.UniqueConstraint("name", name=op.f("uq_model_name")),
    )
    op.create_table(
        "run_metric",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_metric_run_id_run")),
        sa.PrimaryKeyConstraint("run_id", "name", "step", name=op.f("pk_run_metric")),
    )
    op.create_table(
        "dataset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("gan_model_id", sa.Integer(), nullable=False),
        sa.Column("mse_model_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["gan_model_id"], ["model.id"], name=op.f("fk_dataset_gan_model_id_model")
        ),
        sa.ForeignKeyConstraint(
            ["mse_model_id"], ["model.id"], name=op.f("fk_dataset_mse_model_id_model")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset")),
        sa.UniqueConstraint("name", name=op.f("uq_dataset_name")),
    )
    op.create_table(
        "image",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("scale", sa.Integer(), nullable=True),
        sa.Column("lr_sha", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_image_dataset_id_dataset")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image")),
        sa.UniqueConstraint("dataset_id", "name", name=op.f("uq_image_dataset_id")),
    )
    op.create_table(
        "training_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_training_set_dataset_id_dataset")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_set")),
        sa.UniqueConstraint("hash", name=op.f("uq_training_set_hash")),
    )
    op.create_table(
        "mask_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column(
            "origin",
            sa.Enum("detected", "manual", "imported", name="origin", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("mask_sha", sa.String(length=64), nullable=False),
        sa.Column("area_px", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["image.id"], name=op.f("fk_mask_revision_image_id_image")
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["model.id"], name=op.f("fk_mask_revision_model_id_model")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["mask_revision.id"],
            name=op.f("fk_mask_revision_parent_id_mask_revision"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mask_revision")),
        sa.UniqueConstraint(
            "image_id", "model_id", "number", name=op.f("uq_mask_revision_image_id")
        ),
    )
    op.create_table(
        "rendition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("blob_sha", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["image.id"], name=op.f("fk_rendition_image_id_image")
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["model.id"], name=op.f("fk_rendition_model_id_model")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rendition")),
        sa.UniqueConstraint("image_id", "model_id", name=op.f("uq_rendition_image_id")),
    )
    with op.batch_alter_table("rendition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rendition_model_id"), ["model_id"], unique=False)

    op.create_table(
        "detection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("gan_rendition_id", sa.Integer(), nullable=False),
        sa.Column("mse_rendition_id", sa.Integer(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("map_sha", sa.String(length=64), nullable=False),
        sa.Column("mask_sha", sa.String(length=64), nullable=False),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("area_px", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["gan_rendition_id"],
            ["rendition.id"],
            name=op.f("fk_detection_gan_rendition_id_rendition"),
        ),
        sa.ForeignKeyConstraint(
            ["image_id"], ["image.id"], name=op.f("fk_detection_image_id_image")
        ),
        sa.ForeignKeyConstraint(
            ["mse_rendition_id"],
            ["rendition.id"],
            name=op.f("fk_detection_mse_rendition_id_rendition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_detection")),
    )
    with op.batch_alter_table("detection", schema=None) as batch_op:
        batch_op.create_index("ix_detection_pair", ["image_id", "gan_rendition_id"], unique=False)

    op.create_table(
        "review_state",
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "unreviewed",
                "in progress",
                "accepted",
                "clean",
                "skipped",
                name="state",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current_revision_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["current_revision_id"],
            ["mask_revision.id"],
            name=op.f("fk_review_state_current_revision_id_mask_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["image_id"], ["image.id"], name=op.f("fk_review_state_image_id_image")
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["model.id"], name=op.f("fk_review_state_model_id_model")
        ),
        sa.PrimaryKeyConstraint("image_id", "model_id", name=op.f("pk_review_state")),
    )
    op.create_table(
        "training_sample",
        sa.Column("training_set_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["mask_revision.id"],
            name=op.f("fk_training_sample_revision_id_mask_revision"),
        ),
        sa.ForeignKeyConstraint(
            ["training_set_id"],
            ["training_set.id"],
            name=op.f("fk_training_sample_training_set_id_training_set"),
        ),
        sa.PrimaryKeyConstraint("training_set_id", "revision_id", name=op.f("pk_training_sample")),
    )
