"""User studies: what is asked of whom, and what was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "study",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("manifest_sha", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_study_dataset_id_dataset"),
        sa.PrimaryKeyConstraint("id", name="pk_study"),
        sa.UniqueConstraint("name", name="uq_study_name"),
    )
    op.create_table(
        "study_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=True),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("outline", sa.JSON(), nullable=True),
        sa.Column("system_a", sa.Integer(), nullable=False),
        sa.Column("system_b", sa.Integer(), nullable=True),
        sa.Column("blob_a", sa.String(64), nullable=False),
        sa.Column("blob_b", sa.String(64), nullable=True),
        sa.Column("blob_lr", sa.String(64), nullable=True),
        sa.Column("better", sa.String(10), nullable=True),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_study_item_study_id_study"),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name="fk_study_item_image_id_image"),
        sa.ForeignKeyConstraint(
            ["region_id"], ["region.id"], name="fk_study_item_region_id_region"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_study_item"),
        sa.UniqueConstraint("study_id", "number", name="uq_study_item_study_id"),
    )
    op.create_table(
        "voter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("display", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_voter_study_id_study"),
        sa.PrimaryKeyConstraint("id", name="pk_voter"),
        sa.UniqueConstraint("study_id", "place", name="uq_voter_study_id"),
        sa.UniqueConstraint("code", name="uq_voter_code"),
    )
    op.create_table(
        "trial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("voter_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("swapped", sa.Boolean(), nullable=False),
        sa.Column("repeat_of_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["repeat_of_id"], ["trial.id"], name="fk_trial_repeat_of_id_trial"),
        sa.ForeignKeyConstraint(["item_id"], ["study_item.id"], name="fk_trial_item_id_study_item"),
        sa.ForeignKeyConstraint(["voter_id"], ["voter.id"], name="fk_trial_voter_id_voter"),
        sa.PrimaryKeyConstraint("id", name="pk_trial"),
        sa.UniqueConstraint("code", name="uq_trial_code"),
        sa.UniqueConstraint("voter_id", "position", name="uq_trial_voter_id"),
    )
    op.create_index("ix_trial_item_id", "trial", ["item_id"])
    op.create_table(
        "vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trial_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(10), nullable=False),
        sa.Column("choice", sa.String(10), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["trial_id"], ["trial.id"], name="fk_vote_trial_id_trial"),
        sa.PrimaryKeyConstraint("id", name="pk_vote"),
        sa.UniqueConstraint("trial_id", name="uq_vote_trial_id"),
    )
    op.create_table(
        "region_vote",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("noticed", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_region_vote_study_id_study"),
        sa.ForeignKeyConstraint(
            ["region_id"], ["region.id"], name="fk_region_vote_region_id_region"
        ),
        sa.PrimaryKeyConstraint("study_id", "region_id", name="pk_region_vote"),
    )
