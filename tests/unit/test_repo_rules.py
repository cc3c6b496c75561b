"""Rules of the whole checkout that no linter knows."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("src", "dags", "tests", "dbt_project", "expectations", "docs", "requirements", ".ci")
SKIPPED = {"__pycache__", "target", "logs", "dbt_packages"}
# Put together here, so that this file passes its own rule.
REGISTRIES = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs", "org"))]
MACHINE_PATH = re.compile(r"(?<![\w.}])/(?:work|tmp|root|home/[a-z]+|Users/[A-Za-z]+)/[\w.]")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")


def files(*patterns: str) -> list[Path]:
    """Our files that match a pattern, at the root and below our folders."""
    found = {path for pattern in patterns for path in ROOT.glob(pattern)}
    found |= {path for folder in OURS for pattern in patterns for path in (ROOT / folder).rglob(pattern)}
    return sorted(path for path in found if path.is_file() and not SKIPPED & set(path.relative_to(ROOT).parts))


def text_files() -> list[Path]:
    """Every file of ours that is text."""
    readable = []
    for path in files("*"):
        try:
            path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if path.name != ".env":
            readable.append(path)
    return readable


def offenders(pattern: re.Pattern[str]) -> list[str]:
    """File and line of every match."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def too_long(paths: list[Path], limit: int) -> list[str]:
    """Files with more lines than the limit."""
    assert paths, "nothing was looked at"
    counted = ((path, len(path.read_text(encoding="utf-8").splitlines())) for path in paths)
    return [f"{path.relative_to(ROOT)}: {lines}" for path, lines in counted if lines > limit]


def test_python_files_stay_readable() -> None:
    """At most 400 lines: beyond that a file does two things."""
    assert too_long(files("*.py"), 400) == []


def test_dag_files_hold_wiring_only() -> None:
    """At most 120 lines for a DAG; what DAGs share is not one."""
    assert too_long(sorted((ROOT / "dags").glob("*.py")), 120) == []


def test_sql_models_hold_one_idea() -> None:
    """At most 120 lines; a macro file may hold several short macros and has 200."""
    macros = sorted((ROOT / "dbt_project" / "macros").glob("*.sql"))
    assert too_long([path for path in files("*.sql") if path not in macros], 120) == []
    assert too_long(macros, 200) == []


def test_no_file_names_a_package_host() -> None:
    """Where packages come from is a matter of the machine, not of the project."""
    assert offenders(re.compile("|".join(map(re.escape, REGISTRIES)))) == []


def test_no_file_names_a_path_of_a_machine() -> None:
    """A path of one developer's machine works on no other."""
    assert offenders(MACHINE_PATH) == []


@pytest.mark.parametrize("line", ["see /wo" + "rk/main/src", 'open("/tm' + 'p/x")', "/ho" + "me/ana/project"])
def test_the_rule_finds_machine_paths(line: str) -> None:
    """A check of the check."""
    assert MACHINE_PATH.search(line)


@pytest.mark.parametrize("page", [path.relative_to(ROOT).as_posix() for path in files("*.md")])
def test_local_links_resolve(page: str) -> None:
    """Every link to a file of the checkout leads somewhere."""
    path = ROOT / page
    links = LINK.findall(path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_readme_is_one_screen_and_links_the_docs() -> None:
    """Who has two minutes finds the way to everything else."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(readme.splitlines()) <= 120
    assert {"docs/architecture.md", "docs/platforms.md", "docs/naming.md", "CONTRIBUTING.md", "LICENSE"} <= set(
        LINK.findall(readme)
    )


def test_the_readme_names_the_published_tables() -> None:
    """Each table that it promises is a model of dbt."""
    promised = re.findall(r"^\| `(\w+)`", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    models = {path.stem for path in (ROOT / "dbt_project" / "models").rglob("*.sql")}
    assert len(promised) >= 8
    assert set(promised) - models == set()


def test_every_setting_is_documented() -> None:
    """settings.py reads exactly what .env.example explains."""
    from phygital_funnel.settings import Settings

    class Recorder(dict[str, str]):
        """An environment that remembers what was asked for."""

        def __init__(self) -> None:
            super().__init__(PHYGITAL_PROJECT_DIR=str(ROOT))
            self.asked = {"PHYGITAL_CLOCK"}

        def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
            self.asked.add(key)
            return super().get(key, default)

    environment = Recorder()
    Settings.from_env(environment)
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    documented = set(re.findall(r"^(PHYGITAL_\w+)=", example, re.MULTILINE))
    assert len(environment.asked) > 20
    assert environment.asked - documented == set(), "not in .env.example"
    assert documented - environment.asked == set(), "in .env.example, but nothing reads it"


def test_the_example_environment_is_valid() -> None:
    """A copy of .env.example gives the defaults."""
    from phygital_funnel.settings import Settings

    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    project = {"PHYGITAL_PROJECT_DIR": str(ROOT)}
    assert Settings.from_env(example | project) == Settings.from_env(project)


def test_lock_files_hold_hashes() -> None:
    """Every pinned package can be checked on arrival."""
    for name in ("runtime", "dev", "compose", "lint", "uv", "conformance", "conformance-schemas"):
        lock = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        pins = re.findall(r"^[A-Za-z0-9._-]+(?:\[[^\]]+\])?==[^\n]*", lock, re.MULTILINE)
        assert pins, name
        assert [pin for pin in pins if not pin.endswith("\\")] == [], name


def test_the_makefile_explains_itself() -> None:
    """Each verb has its line in `make help`, and there are at most twelve."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    verbs = phony[1].split()
    assert len(verbs) <= 12
    shown = subprocess.run(
        ["make", "-C", str(ROOT), "--no-print-directory", "help"], capture_output=True, text=True, check=True
    )
    assert re.findall(r"make (\S+)", shown.stdout)[: len(verbs)] == verbs
    assert all(re.search(rf"^  make {verb} +\S", shown.stdout, re.MULTILINE) for verb in verbs)
