"""The hub's configuration from hub.yaml, without a hub."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flowcfd_hub import ConfigError, HubConfig, apply, greeting
from flowcfd_hub.config import understood
from flowcfd_hub.culling import SCOPES
from flowcfd_hub.home import prepare
from flowcfd_hub.servers import flowcfd_home
from flowcfd_hub.state import private
from traitlets.config import Config

HUB = Path(__file__).parents[2] / "hub"


def applied(state: Path, **said: Any) -> tuple[Config, HubConfig]:
    c = Config()
    return c, apply(c, understood({"state": str(state), **said}))


def test_the_defaults_make_a_hub_on_loopback(tmp_path: Path) -> None:
    c, made = applied(tmp_path / "state")
    assert c.JupyterHub.bind_url == "http://127.0.0.1:8000"
    assert c.JupyterHub.hub_bind_url == "http://127.0.0.1:8081"
    assert c.ConfigurableHTTPProxy.api_url == "http://127.0.0.1:8001"
    assert c.Spawner.ip == "127.0.0.1"
    assert c.JupyterHub.spawner_class == "simple"
    assert c.Spawner.default_url == "/lab"
    assert (made.state / "address").read_text() == "http://127.0.0.1:8000\n"


def test_ports_of_0_are_chosen_and_written_down(tmp_path: Path) -> None:
    ports = {"port": 0, "hub_port": 0, "proxy_port": 0}
    c, made = applied(tmp_path / "state", network=ports)
    chosen = {made.network.port, made.network.hub_port, made.network.proxy_port}
    assert len(chosen) == 3
    assert 0 not in chosen
    assert (made.state / "address").read_text().strip() == c.JupyterHub.bind_url


def test_the_folder_is_for_its_owner_only_and_the_password_is_made_once(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir(mode=0o755)
    c, made = applied(state)
    again, _ = applied(state)
    assert c.SharedPasswordAuthenticator.user_password == again.SharedPasswordAuthenticator.user_password
    assert len(made.login.password or "") >= 12
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (state, state / "homes")} == {0o700}
    assert stat.S_IMODE((state / "password").stat().st_mode) == 0o600
    assert c.JupyterHub.db_url == f"sqlite:///{state}/hub.sqlite"
    assert c.JupyterHub.cookie_secret_file == str(state / "cookie_secret")


def test_the_greeting_says_where_and_with_what_but_not_the_password(tmp_path: Path) -> None:
    _, made = applied(tmp_path / "a", network={"port": 8123})
    assert (
        greeting(made) == f"hub: http://127.0.0.1:8123 - log in with any name and the password in {tmp_path}/a/password"
    )
    _, made = applied(tmp_path / "b", login={"password": "long enough", "users": ["ada", "bob"]})
    assert greeting(made).endswith("log in with one of ada, bob and the password of hub.yaml")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be made"):
        private(tmp_path / "file" / "state")


def test_anybody_or_only_those_who_are_named(tmp_path: Path) -> None:
    assert applied(tmp_path)[0].Authenticator.allow_all is True
    c, _ = applied(tmp_path, login={"password": "long enough", "users": ["ada"]})
    assert c.Authenticator.allowed_users == {"ada"}
    assert "allow_all" not in c.Authenticator
    assert c.SharedPasswordAuthenticator.user_password == "long enough"
    assert not (tmp_path / "long").exists()


def test_a_users_server_gets_an_environment_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("S3_SECRET_KEY", "hidden")
    own = tmp_path / "own"
    (own / "bin").mkdir(parents=True)
    (own / "bin/python").touch()
    c, made = applied(tmp_path, servers={"prefix": str(own), "variables": {"FLOWCFD_SHARED_CORES": "1"}})
    assert c.Spawner.cmd == [f"{own}/bin/python", "-P", "-m", "flowcfd.kernel.userserver"]
    assert c.Spawner.environment["PATH"].startswith(f"{own}/bin:")
    assert c.Spawner.environment["FLOWCFD_SHARED_CORES"] == "1"
    assert c.Spawner.environment["FLOWCFD_HOME"] is flowcfd_home
    assert flowcfd_home(SimpleNamespace(home_dir=f"{made.homes}/ada")) == f"{made.homes}/ada/flowcfd"
    assert "S3_SECRET_KEY" not in c.Spawner.env_keep
    assert c.SimpleLocalProcessSpawner.home_dir_template == f"{made.homes}/{{username}}"


def test_the_culler_may_end_servers_and_nothing_else(tmp_path: Path) -> None:
    c, _ = applied(tmp_path, culling={"idle": "20 min", "every": 60, "age": "7 d"})
    [service] = as_list(c.JupyterHub.services)
    [role] = as_list(c.JupyterHub.load_roles)
    assert service["command"][:4] == [sys.executable, "-P", "-m", "jupyterhub_idle_culler"]
    assert service["command"][4:] == ["--timeout=1200", "--cull-every=60", "--max-age=604800"]
    assert role == {"name": "idle-culler", "scopes": SCOPES, "services": ["idle-culler"]}
    assert c.JupyterHub.last_activity_interval == 300


def test_signs_of_use_are_fresher_than_what_counts_as_idle(tmp_path: Path) -> None:
    c, _ = applied(tmp_path, culling={"idle": 8, "every": 1})
    assert c.JupyterHub.last_activity_interval == 2
    assert c.Spawner.environment["JUPYTERHUB_ACTIVITY_INTERVAL"] == "2"


def test_without_a_time_nothing_is_culled(tmp_path: Path) -> None:
    c, _ = applied(tmp_path, culling={"idle": None})
    assert not as_list(c.JupyterHub.services)


def test_services_get_their_scopes(tmp_path: Path) -> None:
    said = {"usage": {"command": ["python", "-m", "usage"], "scopes": ["list:users"], "url": "http://127.0.0.1:9000"}}
    c, _ = applied(tmp_path, services=said, culling={"idle": None})
    service = {"name": "usage", "command": ["python", "-m", "usage"], "url": "http://127.0.0.1:9000"}
    assert as_list(c.JupyterHub.services) == [service]
    assert as_list(c.JupyterHub.load_roles) == [{"name": "usage", "scopes": ["list:users"], "services": ["usage"]}]


def test_limits(tmp_path: Path) -> None:
    c, _ = applied(tmp_path, limits={"servers": 3, "starting": 1, "memory": "4G", "cores": 2})
    assert (c.JupyterHub.active_server_limit, c.JupyterHub.concurrent_spawn_limit) == (3, 1)
    assert (c.Spawner.mem_limit, c.Spawner.cpu_limit) == ("4G", 2)


def test_a_new_user_gets_the_examples_once(tmp_path: Path) -> None:
    examples, home = tmp_path / "examples", tmp_path / "homes" / "ada"
    examples.mkdir()
    (examples / "01.ipynb").write_text("{}")
    prepare(home, examples)
    given = home / "notebooks" / "01.ipynb"
    assert given.read_text() == "{}"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    given.unlink()
    prepare(home, examples)
    assert not given.exists()


def test_the_proxy_runs_with_the_node_of_the_environment(tmp_path: Path) -> None:
    c, _ = applied(tmp_path)
    said = subprocess.run([*c.ConfigurableHTTPProxy.command, "--version"], capture_output=True, text=True, timeout=60)
    assert said.stdout.strip() == "5.3.0"


def test_the_package_knows_nothing_of_the_library() -> None:
    code = "import sys, flowcfd_hub; sys.exit(any(name.split('.')[0] == 'flowcfd' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=HUB, timeout=60).returncode == 0


def as_list(value: Any) -> list[Any]:
    """What was appended to an option that had no value."""
    return value if isinstance(value, list) else value.get_value([])


def test_an_environment_that_is_not_there_ends_the_start(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"servers\.prefix: there is no Python environment: .*bin/python is not there"
    ):
        applied(tmp_path / "hub", servers={"prefix": str(tmp_path / "gone")})
    assert not (tmp_path / "hub").exists()


def test_a_name_with_the_end_of_a_line_is_nobody(tmp_path: Path) -> None:
    import re

    pattern = applied(tmp_path)[0].Authenticator.username_pattern
    assert re.match(pattern, "ada") and not re.match(pattern, "ada\n") and not re.match(pattern, "../ada")
