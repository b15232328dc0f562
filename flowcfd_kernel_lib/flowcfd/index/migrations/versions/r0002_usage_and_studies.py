"""Usage, one row an attempt; studies and their points."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables; every run is read anew, for its usage."""
    op.create_table(
        "flowcfd_usage",
        sa.Column("uid", sa.String(64), primary_key=True),
        sa.Column("attempt", sa.Integer, primary_key=True),
        sa.Column("home", sa.String(32), nullable=False, index=True),
        sa.Column("run", sa.String(255), nullable=False),
        sa.Column("user", sa.String(255), nullable=False, index=True),
        sa.Column("project", sa.String(64), nullable=False, index=True),
        sa.Column("executor", sa.String(255), nullable=False),
        sa.Column("application", sa.String(255), nullable=False),
        sa.Column("cores", sa.Integer, nullable=False),
        sa.Column("queued", sa.Double, nullable=False),
        sa.Column("started", sa.Double),
        sa.Column("ended", sa.Double),
        sa.Column("core_seconds", sa.Double, nullable=False),
        sa.Column("cpu_seconds", sa.Double, nullable=False),
        sa.Column("memory", sa.BigInteger, nullable=False),
        sa.Column("disk", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
    )
    op.create_table(
        "flowcfd_studies",
        sa.Column("home", sa.String(32), primary_key=True),
        sa.Column("study", sa.String(255), primary_key=True),
        sa.Column("seen", sa.String(80), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("points", sa.Integer, nullable=False),
        sa.Column("changed", sa.Double, nullable=False),
    )
    op.create_table(
        "flowcfd_points",
        sa.Column("home", sa.String(32), primary_key=True),
        sa.Column("study", sa.String(255), primary_key=True),
        sa.Column("point", sa.Integer, primary_key=True),
        sa.Column("run", sa.String(255), nullable=False, index=True),
        sa.Column("refused", sa.Text, nullable=False),
    )
    op.execute("UPDATE flowcfd_runs SET seen = 0")
