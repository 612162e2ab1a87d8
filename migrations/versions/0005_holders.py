"""Entries of rounds belong to holders: a person may ask for several vehicles in one round."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
