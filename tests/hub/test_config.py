"""hub.yaml: what it may say, and the sentence for what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from flowcfd_hub import ConfigError, HubConfig, read
from flowcfd_hub.config import understood

HUB = Path(__file__).parents[2] / "hub"


def test_the_file_that_is_shipped_shows_every_key_with_its_default() -> None:
    assert read(HUB / "hub.yaml") == HubConfig()
    said = yaml.safe_load((HUB / "hub.yaml").read_text())
    assert list(said) == list(HubConfig.model_fields)
    for name, part in said.items():
        annotation = HubConfig.model_fields[name].annotation
        if hasattr(annotation, "model_fields"):
            assert list(part) == list(annotation.model_fields), name


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"netwrk": {}}, "netwrk: there is no such key; did you mean 'network'? there are: state, network, login"),
        ({"network": {"prot": 1}}, "network.prot: there is no such key; did you mean 'port'?"),
        ({"services": {"a": {"cmd": 1}}}, "services.a.cmd: there is no such key; did you mean 'command'?"),
        ({"network": {"port": "x"}}, "network.port: must be a valid integer (got 'x')"),
        ({"network": {"port": 70000}}, "network.port: must be less than or equal to 65535 (got 70000)"),
        ({"network": {"port": 8081}}, "network: port, hub_port and proxy_port must differ"),
        ({"network": {"address": "example.org"}}, "network.address: must be the address of a network interface"),
        ({"network": {"address": "0.0.0.0"}}, "network.address: the development login lets anybody"),
        ({"network": {"address": "192.0.2.1"}}, "this machine only: 127.0.0.1 (got 192.0.2.1)"),
        ({"login": {"kind": "oidc"}}, "login.kind: must be 'development' (got 'oidc')"),
        ({"login": {"users": ["../x"]}}, "login.users.0: must match pattern"),
        ({"culling": {"idle": "soon"}}, "culling.idle: must be a time such as 30 s, 5 min, 1 h or 7 d (got 'soon')"),
        ({"culling": {"every": 0}}, "culling.every: must be greater than 0 (got 0)"),
        ({"limits": {"memory": "lots"}}, "limits.memory: must be a size such as 512M or 4G (got 'lots')"),
        ({"services": {"idle-culler": {}}}, "cannot be the name of a service"),
        ({"servers": []}, "servers: must be a valid dictionary"),
        ({"state": ""}, "state: must be the path of a folder (got '')"),
        ({"state": 5}, "state: must be the path of a folder (got 5)"),
        ({"servers": {"homes": "~nobody-of-that-name/x"}}, "servers.homes: must be the path of a folder; there is no"),
        ({"servers": {"page": "//example.org"}}, "servers.page: must match pattern"),
        ({"servers": {"variables": {"A=B": "x"}}}, "servers.variables.A=B: must match pattern"),
        ({"servers": {"variables": {"A": "x\0"}}}, "servers.variables.A: must match pattern"),
        ({"servers": {"arguments": "--debug"}}, "servers.arguments: must be a list (got '--debug')"),
        ({"culling": {"idle": "99999999999999999999 d"}}, "culling.idle: must be less than or equal to"),
    ],
)
def test_what_it_cannot_mean_is_one_sentence_with_the_place(said: dict, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        understood(said)
    assert words in str(error.value)
    assert str(error.value).startswith("hub.yaml: ")
    assert "\n" not in str(error.value)


def test_a_password_is_never_repeated() -> None:
    with pytest.raises(ConfigError, match=r"password: must have at least 8 characters$"):
        understood({"login": {"password": "short"}})
    assert "long enough" not in repr(understood({"login": {"password": "long enough"}}))


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read(tmp_path / "hub.yaml")
    (tmp_path / "hub.yaml").write_text("a: [")
    with pytest.raises(ConfigError, match="is no YAML"):
        read(tmp_path / "hub.yaml")
    (tmp_path / "hub.yaml").write_text("- a")
    with pytest.raises(ConfigError, match="must be keys and values"):
        read(tmp_path / "hub.yaml")


@pytest.mark.parametrize(("said", "seconds"), [("90 s", 90), ("5min", 300), ("1 h", 3600), ("2 d", 172800), (30, 30)])
def test_times(said: object, seconds: int) -> None:
    assert understood({"culling": {"idle": said}}).culling.idle == seconds
