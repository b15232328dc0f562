"""Homes and runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "flowcfd_homes",
        sa.Column("home", sa.String(32), primary_key=True),
        sa.Column("path", sa.Text, nullable=False),
    )
    op.create_table(
        "flowcfd_runs",
        sa.Column("home", sa.String(32), primary_key=True),
        sa.Column("run", sa.String(255), primary_key=True),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("uid", sa.String(64), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("application", sa.String(255), nullable=False),
        sa.Column("cores", sa.Integer, nullable=False),
        sa.Column("executor", sa.String(255), nullable=False),
        sa.Column("user", sa.String(255), nullable=False),
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("ended", sa.Double),
        sa.Column("told", sa.Text, nullable=False),
    )
