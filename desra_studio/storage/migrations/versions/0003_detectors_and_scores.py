"""Several detectors, class maps, calibrated weights, region labels, and scores that are kept."""

import sqlalchemy as sa
from alembic import op

from desra_studio.storage.base import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "class_map",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("image_sha", sa.String(64), nullable=False),
        sa.Column("segmentation", sa.String(300), nullable=False),
        sa.Column("labels_sha", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_map")),
        sa.UniqueConstraint("image_sha", "segmentation", name=op.f("uq_class_map_image_sha")),
    )
    op.create_table(
        "weight_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("classes", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("segmentation", sa.String(300), nullable=False),
        sa.Column("images", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weight_set")),
        sa.UniqueConstraint("name", name=op.f("uq_weight_set_name")),
    )
    op.create_table(
        "score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("mask_set", sa.String(64), nullable=False),
        sa.Column("prediction_set", sa.String(64), nullable=False),
        sa.Column("detector", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("code_version", sa.String(100), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_score_dataset_id_dataset")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
    )
    op.create_index(op.f("ix_score_dataset_id"), "score", ["dataset_id"])
    op.create_table(
        "region",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(50), nullable=True),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("prominence", sa.Double(), nullable=True),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["mask_revision.id"], name=op.f("fk_region_revision_id_mask_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region")),
        sa.UniqueConstraint("revision_id", "x", "y", name=op.f("uq_region_revision_id")),
    )
    with op.batch_alter_table("detection") as batch:
        batch.add_column(sa.Column("method", sa.String(20), nullable=False, server_default="desra"))
        batch.add_column(sa.Column("busier_sha", sa.String(64), nullable=True))
        batch.add_column(sa.Column("segmentation", sa.String(300), nullable=True))
        batch.add_column(sa.Column("labels_sha", sa.String(64), nullable=True))
        batch.add_column(sa.Column("code_version", sa.String(100), nullable=True))
    with op.batch_alter_table("detection") as batch:
        batch.alter_column("method", server_default=None)
