"""The tables of the index, as the newest migration leaves them; a test holds the two together.

Times are seconds since the epoch, sizes bytes. A home is known by an id of its own, for one database may serve many
homes, and two machines may call theirs the same.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Integer, MetaData, String, Table, Text

from flowcfd.index.database import VERSION_TABLE as VERSION_TABLE

metadata = MetaData()

homes = Table(
    "flowcfd_homes",
    metadata,
    Column("home", String(32), primary_key=True),
    Column("path", Text, nullable=False),
)

runs = Table(
    "flowcfd_runs",
    metadata,
    Column("home", String(32), primary_key=True),
    Column("run", String(255), primary_key=True),
    Column("seen", BigInteger, nullable=False),
    Column("uid", String(64), nullable=False),
    Column("name", String(255), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("application", String(255), nullable=False),
    Column("cores", Integer, nullable=False),
    Column("executor", String(255), nullable=False),
    Column("user", String(255), nullable=False),
    Column("project", String(64), nullable=False),
    Column("created", Double, nullable=False),
    Column("ended", Double),
    Column("told", Text, nullable=False),
)
"""`seen` is the change time of the run's folder [ns] when it was read; negative: it is to be read again, for something
else than a change of the folder can make another truth of it. `told` is the rest of its Status as JSON."""

usage = Table(
    "flowcfd_usage",
    metadata,
    Column("uid", String(64), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("home", String(32), nullable=False, index=True),
    Column("run", String(255), nullable=False),
    Column("user", String(255), nullable=False, index=True),
    Column("project", String(64), nullable=False, index=True),
    Column("executor", String(255), nullable=False),
    Column("application", String(255), nullable=False),
    Column("cores", Integer, nullable=False),
    Column("queued", Double, nullable=False),
    Column("started", Double),
    Column("ended", Double),
    Column("core_seconds", Double, nullable=False),
    Column("cpu_seconds", Double, nullable=False),
    Column("memory", BigInteger, nullable=False),
    Column("disk", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("gone", Boolean, nullable=False),
)
"""One row an attempt, for ever: it stays when the run's folder is deleted, and is `gone` then."""

studies = Table(
    "flowcfd_studies",
    metadata,
    Column("home", String(32), primary_key=True),
    Column("study", String(255), primary_key=True),
    Column("seen", String(80), nullable=False),
    Column("name", String(255), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("points", Integer, nullable=False),
    Column("changed", Double, nullable=False),
)

points = Table(
    "flowcfd_points",
    metadata,
    Column("home", String(32), primary_key=True),
    Column("study", String(255), primary_key=True),
    Column("point", Integer, primary_key=True),
    Column("run", String(255), nullable=False, index=True),
    Column("refused", Text, nullable=False),
)
"""What the driver told of a point: the run that computes it, or why there is none."""
