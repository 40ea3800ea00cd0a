"""References: what the GAN-SR of a dataset is compared with."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every dataset that is there was compared with MSE-SR."""
    with op.batch_alter_table("dataset") as batch:
        batch.add_column(
            sa.Column("reference", sa.String(20), nullable=False, server_default="mse")
        )
        batch.add_column(
            sa.Column("reference_name", sa.String(100), nullable=False, server_default="")
        )
    with op.batch_alter_table("dataset") as batch:
        batch.alter_column("reference", server_default=None)
        batch.alter_column("reference_name", server_default=None)
