"""Models know their partner and carry a card; a dataset may wait for its pair of models."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("model") as batch:
        batch.add_column(sa.Column("partner_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("card", sa.JSON(), nullable=False, server_default="{}"))
        batch.create_foreign_key(op.f("fk_model_partner_id_model"), "model", ["partner_id"], ["id"])
    with op.batch_alter_table("model") as batch:
        batch.alter_column("card", server_default=None)
    with op.batch_alter_table("dataset") as batch:
        batch.alter_column("gan_model_id", existing_type=sa.Integer(), nullable=True)
        batch.alter_column("mse_model_id", existing_type=sa.Integer(), nullable=True)
