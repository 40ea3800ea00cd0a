"""Users, claims, drafts, second opinions, flags, kinds per dataset, and a queue that is quick."""

import sqlalchemy as sa
from alembic import op

from desra_studio.storage.base import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LABELLED_BY = ("image_id", "model_id")


def upgrade() -> None:
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("name", name=op.f("uq_user_name")),
    )
    op.create_table(
        "opinion",
        *_make_image_key("opinion"),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current_revision_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["current_revision_id"],
            ["mask_revision.id"],
            name=op.f("fk_opinion_current_revision_id_mask_revision"),
        ),
        sa.PrimaryKeyConstraint(*LABELLED_BY, "author", name=op.f("pk_opinion")),
    )
    op.create_table(
        "draft",
        *_make_image_key("draft"),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("runs", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint(*LABELLED_BY, "author", name=op.f("pk_draft")),
    )
    op.create_table(
        "review_flag",
        sa.Column("id", sa.Integer(), nullable=False),
        *_make_image_key("review_flag"),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("x", sa.Integer(), nullable=True),
        sa.Column("y", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_flag")),
    )
    op.create_index(op.f("ix_review_flag_image_id"), "review_flag", ["image_id"])
    _create_queue()
    with op.batch_alter_table("dataset") as batch:
        batch.add_column(sa.Column("region_kinds", sa.JSON(), nullable=True))
    with op.batch_alter_table("detection") as batch:
        batch.add_column(sa.Column("uncertainty", sa.Double(), nullable=True))
    with op.batch_alter_table("region") as batch:
        batch.add_column(sa.Column("note", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("region") as batch:
        batch.alter_column("note", server_default=None)
    with op.batch_alter_table("review_state") as batch:
        batch.add_column(sa.Column("claimed_by", sa.String(100), nullable=True))
        batch.add_column(sa.Column("claimed_until", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("assigned_to", sa.String(100), nullable=True))
        batch.add_column(
            sa.Column("opinions_wanted", sa.Integer(), nullable=False, server_default="1")
        )
        batch.add_column(sa.Column("disagreement", sa.Double(), nullable=True))
        batch.add_column(sa.Column("dissent", sa.Double(), nullable=True))
    with op.batch_alter_table("review_state") as batch:
        batch.alter_column("opinions_wanted", server_default=None)


def _create_queue() -> None:
    """Create the tables alone: their rows are derived, and made once the schema is the newest."""
    op.create_table(
        "region_kind",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("letter", sa.String(1), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_region_kind")),
        sa.UniqueConstraint("letter", name=op.f("uq_region_kind_letter")),
    )
    op.create_table(
        "queue_entry",
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("annotator", sa.String(100), nullable=True),
        sa.Column("assigned_to", sa.String(100), nullable=True),
        sa.Column("opinions_wanted", sa.Integer(), nullable=False),
        sa.Column("opinions_given", sa.Integer(), nullable=False),
        sa.Column("regions", sa.Integer(), nullable=False),
        sa.Column("area_share", sa.Double(), nullable=False),
        sa.Column("uncertainty", sa.Double(), nullable=False),
        sa.Column("disagreement", sa.Double(), nullable=False),
        sa.Column("dissent", sa.Double(), nullable=False),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("classes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["image.id"], name=op.f("fk_queue_entry_image_id_image")
        ),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name=op.f("fk_queue_entry_dataset_id_dataset")
        ),
        sa.PrimaryKeyConstraint("image_id", name=op.f("pk_queue_entry")),
    )
    filtered = [
        "open",
        "state",
        "severity",
        "annotator",
        "assigned_to",
        "area_share",
        "kinds",
        "classes",
    ]
    op.create_index("ix_queue_entry_annotator", "queue_entry", ["dataset_id", "annotator", "state"])
    op.create_index(
        "ix_queue_entry_name", "queue_entry", ["dataset_id", "name", "image_id", *filtered]
    )
    for column in ("area_share", "uncertainty", "disagreement", "dissent", "flags"):
        op.create_index(
            f"ix_queue_entry_{column.removesuffix('_share')}",
            "queue_entry",
            [
                "dataset_id",
                sa.text(f"{column} DESC"),
                "image_id",
                *(name for name in filtered if name != column),
            ],
        )


def _make_image_key(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["image.id"], name=op.f(f"fk_{table}_image_id_image")
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["model.id"], name=op.f(f"fk_{table}_model_id_model")
        ),
    ]
