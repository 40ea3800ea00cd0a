"""Blind labels: which pictures are labelled unseen by the detector, and how each mask was made."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

DETECTED = """
origin = 'detected' OR (origin = 'manual' AND EXISTS (
    SELECT 1 FROM detection
    JOIN rendition ON rendition.id = detection.gan_rendition_id
    WHERE detection.image_id = mask_revision.image_id
    AND rendition.model_id = mask_revision.model_id
    AND detection.method = 'desra'
    AND detection.mask_sha = mask_revision.mask_sha
))
"""
"""Which masks are the detector's own; one that a person drew apart from it is of other bytes."""


def upgrade() -> None:
    """Nothing that is there was labelled blind: whoever opened an image saw the detector's mask."""
    with op.batch_alter_table("dataset") as batch:
        batch.add_column(sa.Column("blind_share", sa.Double(), nullable=False, server_default="0"))
    with op.batch_alter_table("dataset") as batch:
        batch.alter_column("blind_share", server_default=None)
    with op.batch_alter_table("image") as batch:
        batch.add_column(
            sa.Column("is_blind", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("image") as batch:
        batch.alter_column("is_blind", server_default=None)
    with op.batch_alter_table("mask_revision") as batch:
        batch.add_column(
            sa.Column("made_by", sa.String(20), nullable=False, server_default="corrected")
        )
    whose = "origin IN ('imported', 'consensus')"
    op.execute(f"UPDATE mask_revision SET made_by = origin WHERE {whose}")
    op.execute(f"UPDATE mask_revision SET made_by = 'detected' WHERE {DETECTED}")
    with op.batch_alter_table("mask_revision") as batch:
        batch.alter_column("made_by", server_default=None)
