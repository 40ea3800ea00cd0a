"""Samples that a fine-tuning is proved on, and never trained on."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("training_sample") as batch:
        batch.add_column(
            sa.Column("held_out", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("training_sample") as batch:
        batch.alter_column("held_out", server_default=None)
