"""Finding OpenFOAM, tried on trees made here; only Debian's layout exists for real (tests/flow)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flowcfd.errors import SiteError
from flowcfd.foam import install
from flowcfd.foam.versions import VERSIONS
from flowcfd.settings import Settings


def settings(home: Path, openfoam: Path | None = None) -> Settings:
    return Settings(home=home, openfoam=openfoam, shared_cores=None)


def program(path: Path, body: str = "exit 0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def debian(prefix: Path, version: str = "v1912") -> Path:
    root = prefix / "usr/share/openfoam"
    (root / "etc").mkdir(parents=True)
    (root / "etc/controlDict").write_text(f"| \\\\ / O peration | Version:  {version} |\nFoamFile {{}}\n")
    for name in ("blockMesh", "icoFoam", "rm"):
        program(prefix / "usr/bin" / name, f"echo 'Using: OpenFOAM- ({version.lstrip('v')}) - visit www.openfoam.com'")
    listed = prefix / "var/lib/dpkg/info/openfoam.list"
    listed.parent.mkdir(parents=True)
    listed.write_text("/.\n/usr/bin\n/usr/bin/blockMesh\n/usr/bin/icoFoam\n")
    return root


def packaged_by_openfoam_com(root: Path, api: str = "2312") -> Path:
    """A tree whose bashrc, like the real one, is noisy and sources its arguments."""
    program(root / "platforms/linux64/bin/simpleFoam")
    (root / "etc").mkdir()
    (root / "etc/controlDict").write_text("FoamFile {}\n")
    (root / "META-INFO").mkdir()
    (root / "META-INFO/api-info").write_text(f"api={api}\npatch=0\n")
    (root / "etc/bashrc").write_text(
        f"""echo "noise on stdout"; echo "noise" >&2
echo x >> '{root}/sourced'
export WM_PROJECT_VERSION=v{api} WM_PROJECT_DIR='{root}'
export FOAM_APPBIN='{root}/platforms/linux64/bin' FOAM_LIBBIN='{root}/platforms/linux64/lib'
export PATH="$FOAM_APPBIN:$PATH" LD_LIBRARY_PATH="$FOAM_LIBBIN"
for argument in "$@"; do . "$argument"; done
"""
    )
    return root


def test_debians_package_is_found_with_its_applications_only(tmp_path: Path) -> None:
    root = debian(tmp_path)
    found = install.find(settings(tmp_path / "home"), prefix=tmp_path)
    assert (found.root, found.version, found.api, found.packaged) == (root, "1912", 1912, True)
    assert found.applications() == ["blockMesh", "icoFoam"]  # and not rm, which lies beside them
    assert found.application("icoFoam") == tmp_path / "usr/bin/icoFoam"


def test_debians_package_needs_no_shell_and_writes_no_cache(tmp_path: Path) -> None:
    debian(tmp_path)
    found = install.find(settings(tmp_path / "home"), prefix=tmp_path)
    env = found.environment(
        case=tmp_path / "case",
        base={"PATH": "/bin", "WM_OPTIONS": "old", "FOAM_APPBIN": "/old", "S3_SECRET_KEY": "hidden"},
    )
    assert env["WM_PROJECT_DIR"] == str(tmp_path / "usr/share/openfoam")
    assert env["PWD"] == str(tmp_path / "case")
    assert env["PATH"] == "/bin"
    assert "WM_OPTIONS" not in env and "FOAM_APPBIN" not in env  # of another OpenFOAM
    assert "S3_SECRET_KEY" not in env
    assert not (tmp_path / "home").exists()


def test_a_version_that_no_file_tells_is_asked_of_an_application(tmp_path: Path) -> None:
    root = debian(tmp_path, version="v2106")
    (root / "etc/controlDict").write_text("FoamFile {}\n")
    assert install.find(settings(tmp_path), prefix=tmp_path).version == "2106"


@pytest.mark.parametrize("place", ["usr/lib/openfoam/openfoam2312", "opt/openfoam2312", "opt/OpenFOAM/OpenFOAM-v2312"])
def test_the_packages_of_openfoam_com_are_asked_through_their_bashrc(tmp_path: Path, place: str) -> None:
    root = packaged_by_openfoam_com(tmp_path / place)
    found = install.find(settings(tmp_path / "home"), prefix=tmp_path)
    assert (found.version, found.packaged) == ("2312", False)
    assert found.application("simpleFoam") == root / "platforms/linux64/bin/simpleFoam"
    env = found.environment(case=tmp_path, base={"PATH": "/mine:/bin"})
    assert env["PATH"] == f"{root}/platforms/linux64/bin:/mine:/bin"
    assert env["LD_LIBRARY_PATH"] == f"{root}/platforms/linux64/lib"


def test_bashrc_is_sourced_once_until_it_changes(tmp_path: Path) -> None:
    root = packaged_by_openfoam_com(tmp_path / "opt/openfoam2312")
    for _ in range(3):
        _ = install.find(settings(tmp_path / "home"), prefix=tmp_path).variables
    assert (root / "sourced").read_text() == "x\n"
    os.utime(root / "etc/bashrc", (1, 1))
    _ = install.find(settings(tmp_path / "home"), prefix=tmp_path).variables
    assert (root / "sourced").read_text() == "x\nx\n"


def test_a_cache_that_cannot_be_written_or_read_costs_only_time(tmp_path: Path) -> None:
    packaged_by_openfoam_com(tmp_path / "opt/openfoam2312")
    (tmp_path / "file").write_text("in the way")
    found = install.find(settings(tmp_path / "file"), prefix=tmp_path)
    assert found.applications() == ["simpleFoam"]
    home = tmp_path / "home"
    _ = install.find(settings(home), prefix=tmp_path).variables
    for kept in (home / "cache/openfoam").iterdir():
        kept.write_text("{ torn")
    assert install.find(settings(home), prefix=tmp_path).applications() == ["simpleFoam"]


def test_a_bashrc_that_gives_no_applications_is_a_defect_of_the_site(tmp_path: Path) -> None:
    root = packaged_by_openfoam_com(tmp_path / "opt/openfoam2312")
    (root / "etc/bashrc").write_text("export WM_PROJECT_VERSION=v2312\n")
    with pytest.raises(SiteError, match="FOAM_APPBIN"):
        install.find(settings(tmp_path), prefix=tmp_path).applications()


def test_the_distributions_package_comes_first_and_then_the_newest(tmp_path: Path) -> None:
    for api in ("2306", "2406"):
        packaged_by_openfoam_com(tmp_path / f"usr/lib/openfoam/openfoam{api}", api)
    assert install.find(settings(tmp_path), prefix=tmp_path).version == "2406"
    debian(tmp_path)
    assert install.find(settings(tmp_path), prefix=tmp_path).version == "1912"


def test_the_one_that_the_environment_names_wins(tmp_path: Path) -> None:
    debian(tmp_path)
    named = packaged_by_openfoam_com(tmp_path / "elsewhere/my-foam", "2212")
    assert install.find(settings(tmp_path, named), prefix=tmp_path).root == named


def test_a_named_folder_that_is_no_openfoam_is_not_passed_over(tmp_path: Path) -> None:
    debian(tmp_path)
    with pytest.raises(SiteError, match=r"names .*nowhere, which is no OpenFOAM"):
        install.find(settings(tmp_path, tmp_path / "nowhere"), prefix=tmp_path)


def test_absent_openfoam_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"not installed.*apt-get install openfoam") as caught:
        install.find(settings(tmp_path), prefix=tmp_path)
    assert caught.value.exit_code == 3 and "\n" not in str(caught.value)


@pytest.mark.parametrize("version", ["9", "11", "dev", "2.3.1"])
def test_the_openfoam_of_openfoam_org_is_recognised_and_refused(tmp_path: Path, version: str) -> None:
    root = tmp_path / f"opt/openfoam{version}"
    (root / "etc").mkdir(parents=True)
    (root / "etc/controlDict").write_text("FoamFile {}\n")
    (root / "etc/bashrc").write_text(f"# settings\nexport WM_PROJECT_VERSION={version}\n")
    with pytest.raises(SiteError, match=rf"OpenFOAM {version} is not of www.openfoam.com"):
        install.find(settings(tmp_path), prefix=tmp_path)
    debian(tmp_path)  # does not hide a good one
    assert install.find(settings(tmp_path), prefix=tmp_path).version == "1912"


def test_a_release_newer_than_the_table_is_taken_only_by_name(tmp_path: Path) -> None:
    root = packaged_by_openfoam_com(tmp_path / "opt/openfoam2506", "2506")
    with pytest.raises(SiteError, match="not among v1912 to v2406; to try it nevertheless"):
        install.find(settings(tmp_path), prefix=tmp_path)
    assert install.find(settings(tmp_path, root), prefix=tmp_path).version == "2506"


def test_a_release_older_than_the_table_is_refused(tmp_path: Path) -> None:
    packaged_by_openfoam_com(tmp_path / "opt/openfoam1812", "1812")
    with pytest.raises(SiteError, match="v1812 is not among"):
        install.find(settings(tmp_path), prefix=tmp_path)


def test_an_unknown_application_names_the_nearest(tmp_path: Path) -> None:
    debian(tmp_path)
    with pytest.raises(SiteError, match=r"no application 'icoFoan'.*near are: icoFoam"):
        install.find(settings(tmp_path), prefix=tmp_path).application("icoFoan")


def test_ranks_that_share_cores_yield(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (0.0, 0.0, 0.0))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(install, "current_settings", lambda: settings(Path("/")))
    assert [install.crowded(cores) for cores in (1, 2, 3)] == [False, False, True]
    monkeypatch.setattr(os, "getloadavg", lambda: (1.5, 0.0, 0.0))
    assert install.crowded(2)
    assert install.mpi_variables(2, None)["OMPI_MCA_mpi_yield_when_idle"] == "1"
    assert "OMPI_MCA_mpi_yield_when_idle" not in install.mpi_variables(2, False)


def test_the_table_holds_two_releases_a_year_from_1912_to_2406() -> None:
    assert list(VERSIONS) == ["1912", "2006", "2012", "2106", "2112", "2206", "2212", "2306", "2312", "2406"]
    assert [version.name for version in VERSIONS.values() if version.run_by_us] == ["1912"]
