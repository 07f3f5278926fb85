"""The house's files, read as text for the tests that check its conventions."""

import ast
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.conf import settings

from tests.conftest import need

HOUSE: Path = settings.BASE_DIR
NOT_PRODUCT = {"tests", "var", "locale", "docs", "templates"}


def python_files(*, tests: bool = False) -> dict[str, str]:
    """The source of every Python file of the product by its path in the house, with the tests' if asked for."""
    folders = [path for path in HOUSE.iterdir() if path.is_dir() and not path.name.startswith(".")]
    folders = [path for path in folders if path.name not in NOT_PRODUCT or (tests and path.name == "tests")]
    files = [*HOUSE.glob("*.py"), *(file for folder in folders for file in folder.rglob("*.py"))]
    return {file.relative_to(HOUSE).as_posix(): file.read_text() for file in sorted(files)}


def template_files() -> dict[str, str]:
    return {path.relative_to(HOUSE).as_posix(): path.read_text() for path in sorted(HOUSE.glob("templates/**/*.html"))}


def repository_files() -> dict[str, bytes]:
    """Every file git tracks or would: what leaves this machine."""
    need(shutil.which("git") if (HOUSE / ".git").exists() else None, "a git clone")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=HOUSE,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = [HOUSE / name for name in listed.stdout.split("\0") if name]
    return {path.relative_to(HOUSE).as_posix(): path.read_bytes() for path in paths if path.is_file()}


def wrong(check: Callable[[str, str], Iterable[str]], files: dict[str, str]) -> list[str]:
    """What ``check(path, source)`` finds in ``files``, each as "path: finding"."""
    return [f"{path}: {finding}" for path, source in files.items() for finding in check(path, source)]


def imported(path: str, source: str) -> Iterator[str]:
    """The dotted names ``source`` imports, wherever in the file it does: functions, conditions, ``import_module``."""
    package = path.removesuffix(".py").removesuffix("/__init__").split("/")
    is_package = path.endswith("__init__.py")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + is_package] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and last_name(node.func) in ("import_module", "__import__", "import_string"):
            yield from (argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant))


def last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
