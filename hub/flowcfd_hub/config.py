"""What hub.yaml may say: one frozen model; what it cannot mean is one sentence with its place."""

from __future__ import annotations

import difflib
import ipaddress
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

USER = r"[a-z0-9][a-z0-9._-]{0,31}"
"""Names of users: they are also names of folders, so none begins with a dot."""
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_TIME = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(s|min|h|d)\s*\Z")


class ConfigError(Exception):
    """A configuration that cannot be used; one line per problem, each with its place."""


def _seconds(given: object) -> object:
    """A time as hub.yaml writes it, in whole seconds."""
    if given is None or (isinstance(given, int) and not isinstance(given, bool)):
        return given
    found = _TIME.match(given) if isinstance(given, str) else None
    if not found:
        raise ValueError("must be a time such as 30 s, 5 min, 1 h or 7 d")
    return round(float(found[1]) * _SECONDS[found[2]])


def _folder(given: object) -> object:
    """A folder; an empty name would be the one that the hub was started in."""
    if given is None or isinstance(given, Path):
        return given
    if not isinstance(given, str) or not given.strip() or "\0" in given:
        raise ValueError("must be the path of a folder")
    try:
        return Path(given).expanduser().absolute()
    except RuntimeError:
        raise ValueError("must be the path of a folder; there is no such user's home") from None


def _memory(given: object) -> object:
    if given is None or (isinstance(given, str) and re.fullmatch(r"[1-9]\d*(\.\d+)?[KMGT]", given)):
        return given
    raise ValueError("must be a size such as 512M or 4G")


LONGEST = 3650 * 86400
"""No time is longer than ten years [s]."""
Seconds = Annotated[int, BeforeValidator(_seconds), Field(gt=0, le=LONGEST)]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Folder = Annotated[Path, BeforeValidator(_folder)]
Port = Annotated[int, Field(ge=0, le=65535, strict=True)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Network(_Part):
    """Where the hub listens."""

    address: str = "127.0.0.1"
    port: Port = 8000
    hub_port: Port = 8081
    proxy_port: Port = 8001

    @field_validator("address")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value != "localhost":
            try:
                ipaddress.ip_address(value)
            except ValueError:
                raise ValueError("must be the address of a network interface, such as 127.0.0.1") from None
        return value

    @property
    def loopback(self) -> bool:
        """Whether only this machine can come in."""
        return self.address == "localhost" or ipaddress.ip_address(self.address).is_loopback

    @model_validator(mode="after")
    def _different(self) -> Network:
        ports = [port for port in (self.port, self.hub_port, self.proxy_port) if port]
        if len(ports) != len(set(ports)):
            raise ValueError("port, hub_port and proxy_port must differ")
        return self


class Login(_Part):
    """Who comes in, and how."""

    kind: Literal["development"] = "development"
    password: Annotated[str, Field(min_length=8)] | None = Field(None, repr=False)
    users: tuple[Annotated[str, Field(pattern=f"^{USER}$")], ...] = ()


class Servers(_Part):
    """What a user's server is."""

    prefix: Folder = Path(sys.prefix)
    homes: Folder | None = None
    notebooks: Folder = Path(__file__).resolve().parents[2] / "notebooks"
    page: Annotated[str, Field(pattern="^/([^/]|$)")] = "/lab"
    start_within: Seconds = 120
    arguments: tuple[str, ...] = ()
    variables: dict[Variable, Text] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, given: Any) -> Any:
        """`null` is the default here too."""
        if not isinstance(given, dict):
            return given
        return {
            name: value for name, value in given.items() if value is not None or name not in ("prefix", "notebooks")
        }


class Limits(_Part):
    """How much of it at a time."""

    servers: Annotated[int, Field(ge=0, strict=True)] = 20
    starting: Annotated[int, Field(ge=1, strict=True)] = 4
    memory: Annotated[str | None, BeforeValidator(_memory)] = None
    cores: Annotated[float, Field(gt=0)] | None = None


class Culling(_Part):
    """When a server that nobody uses ends."""

    idle: Seconds | None = 3600
    every: Seconds = 300
    age: Seconds | None = None


class Service(_Part):
    """A service of the hub: a process that it keeps, or one that runs elsewhere."""

    command: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    url: str | None = None


class HubConfig(_Part):
    """All of hub.yaml."""

    state: Folder = Path("~/flowcfd/hub").expanduser()
    network: Network = Network()
    login: Login = Login()
    servers: Servers = Servers()
    limits: Limits = Limits()
    culling: Culling = Culling()
    services: dict[str, Service] = Field(default_factory=dict)

    @field_validator("services")
    @classmethod
    def _named(cls, value: dict[str, Service]) -> dict[str, Service]:
        for name in value:
            if name == CULLER or not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
                raise ValueError(f"{name!r} cannot be the name of a service; allowed are a-z 0-9 - but not {CULLER!r}")
        return value

    @model_validator(mode="after")
    def _development_stays_here(self) -> HubConfig:
        if self.login.kind == "development" and not self.network.loopback:
            raise ValueError(
                f"network.address: the development login lets anybody with one password be anybody, so it is for this "
                f"machine only: 127.0.0.1 (got {self.network.address})"
            )
        return self

    @property
    def homes(self) -> Path:
        """The folder of the users' homes."""
        return self.servers.homes or self.state / "homes"


CULLER = "idle-culler"
"""The name of the service that ends idle servers."""


def read(path: Path) -> HubConfig:
    """The configuration in a file; ConfigError says what is wrong and where."""
    try:
        said = yaml.safe_load(path.read_text())
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: is no YAML: {' '.join(str(error).split())}") from None
    if said is not None and not isinstance(said, dict):
        raise ConfigError(f"{path}: must be keys and values (got {type(said).__name__})")
    return understood(said or {}, str(path))


def understood(said: dict[str, Any], source: str = "hub.yaml") -> HubConfig:
    """The configuration that these keys and values mean."""
    try:
        return HubConfig.model_validate({name: value for name, value in said.items() if value is not None})
    except ValidationError as error:
        raise ConfigError("\n".join(f"{source}: {line}" for line in _problems(error))) from None


def _problems(error: ValidationError) -> Iterator[str]:
    for one in error.errors(include_url=False):
        place = ".".join(str(part) for part in one["loc"] if part != "[key]")
        if one["type"] == "extra_forbidden":
            yield _unknown(one["loc"])
            continue
        words = re.sub(r"^(Input|String) should ", "must ", one["msg"].removeprefix("Value error, ")).replace(
            "a valid tuple", "a list"
        )
        got = "" if "password" in place or isinstance(one["input"], dict) else f" (got {one['input']!r})"
        yield f"{place}: {words}{got}" if place else words


def _unknown(place: tuple[int | str, ...]) -> str:
    model: type[BaseModel] = HubConfig
    for part in place[:-1]:
        annotation = model.model_fields[str(part)].annotation if str(part) in model.model_fields else Service
        model = annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else Service
    known = list(model.model_fields)
    near = difflib.get_close_matches(str(place[-1]), known, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{'.'.join(map(str, place))}: there is no such key; {hint}there are: {', '.join(known)}"
