"""Profiles: what a cluster is like, said once by its administrator or by whoever knows it, in a small YAML file."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from flowcfd.case.quantities import Duration, Positive, problem
from flowcfd.case.spec import FrozenDict, Spec
from flowcfd.cluster.resources import Resources
from flowcfd.errors import CaseError, SiteError, UnknownName
from flowcfd.settings import settings

SITE = Path("/etc/flowcfd/profiles")
"""Where an administrator keeps the profiles for all users."""


def _launcher(text: str) -> str:
    words = text.split()
    if not words or "{cores}" not in text or re.search(r"\{(?!cores\})", text):
        raise problem(f"must be a command with {{cores}} in it, such as 'mpirun -np {{cores}}' (got {text!r})")
    return text


def _variables(given: dict[str, str]) -> FrozenDict[str, str]:
    for name, value in given.items():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) or "\n" in value:
            raise problem(f"must be names and values of one line (got {name!r})")
    return FrozenDict(given)


def _command(text: str) -> str:
    try:
        shlex.split(text)
    except ValueError as error:
        raise problem(f"must be a command: {error} (got {text!r})") from None
    return _line(text)


def _line(text: str) -> str:
    if "\n" in text:
        raise problem(f"must be one line of shell each (got {text!r})")
    return text


class Profile(Spec):
    """What a cluster with Slurm is like."""

    executor: Literal["slurm"] = Field("slurm", description="the kind of scheduler")
    description: str = Field("", description="one line for people")
    conf: Path | None = Field(None, description="its slurm.conf, where the commands do not find it by themselves")
    resources: Resources = Field(default_factory=Resources, description="what jobs ask for unless they say otherwise")
    launcher: Annotated[str, AfterValidator(_launcher)] = Field(
        "mpirun -np {cores}", description="how MPI ranks are started inside a job; 'srun -n {cores}' where PMIx works"
    )
    setup: tuple[Annotated[str, AfterValidator(_line)], ...] = Field(
        (), description="lines of shell before the work, such as 'module load openfoam'"
    )
    environment: Annotated[dict[str, str], AfterValidator(_variables)] = Field(
        default_factory=FrozenDict, json_schema_extra={"default": {}}, description="variables of the job"
    )
    wrap: Annotated[str, AfterValidator(_command)] = Field(
        "", description="a command that the work is started with, such as 'apptainer exec image.sif'"
    )
    python: str | None = Field(None, description="the Python of the nodes; this process's when not given")
    shared_cores: bool = Field(False, description="whether ranks share their cores with other work")
    grace: Duration = Field(120.0, description="time before the end of a job in which the fields are written")
    most_cores: int | None = Field(None, ge=1, description="the most cores that one job may have")
    most_walltime: Duration | None = Field(None, description="the longest walltime that may be asked for")
    price: Positive | None = Field(None, description="price of one core for one hour")


def read(path: Path) -> Profile:
    """The profile in a file; CaseError with the file's name and one line per mistake."""
    import yaml  # needed for a profile only

    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SiteError(f"{path}: {error.strerror or error}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CaseError(f"{path}: is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(raw, dict):
        raise CaseError(f"{path}: must hold keys and values (see cluster/README.md)")
    from flowcfd.cluster.pool import Pool  # a profile itself, so it stands above this module

    kinds = {"slurm": Profile, "dask": Pool}
    kind = str(raw.get("executor", "slurm"))
    if kind not in kinds:
        raise UnknownName("executor", kind, kinds, where=str(path))
    try:
        return kinds[kind].model_validate(raw)
    except CaseError as error:
        raise CaseError([f"{path}: {line}" for line in str(error).splitlines()]) from None


def profiles() -> dict[str, Path]:
    """The profiles there are, by name: the user's own come before the site's."""
    folders = (SITE, settings().home / "profiles")
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


def write(name: str, profile: Profile) -> Path:
    """Keep a profile among the user's own."""
    import yaml

    path = settings().home / "profiles" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = profile.model_dump(mode="json", exclude_defaults=True)
    part = path.with_suffix(".part")
    part.write_text(yaml.safe_dump({"executor": profile.executor, **raw}, sort_keys=False), encoding="utf-8")
    part.replace(path)
    return path
