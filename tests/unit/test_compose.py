"""docker-compose.yml holds what it promises, also where no container can be started.

``data/compose-spec.json`` is the schema of the compose specification as its project publishes it (Apache-2.0).
"""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
SCHEMA = Draft202012Validator(json.loads((Path(__file__).parent / "data" / "compose-spec.json").read_text()))
VARIABLE = re.compile(r"(?<!\$)\$\{?([A-Z][A-Z0-9_]*)")
SECRETS = {
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
    "AIRFLOW_FERNET_KEY",
    "AIRFLOW_JWT_SECRET",
    "AIRFLOW_API_SECRET_KEY",
    "AIRFLOW_ADMIN_PASSWORD",
}
COMPONENTS = {"api-server", "scheduler", "dag-processor", "triggerer", "worker-1", "worker-2"}

Project = dict[str, Any]


@pytest.fixture(scope="module")
def project() -> Project:
    """The file with anchors resolved and variables as they are written."""
    content: Project = yaml.safe_load(FILE.read_text())
    return content


def values(node: object) -> Iterator[str]:
    """Every text of the file."""
    if isinstance(node, dict):
        for value in node.values():
            yield from values(value)
    elif isinstance(node, list):
        for value in node:
            yield from values(value)
    elif isinstance(node, str):
        yield node


def documented() -> set[str]:
    """The variables of .env.example."""
    return {
        line.split("=")[0]
        for line in (ROOT / ".env.example").read_text().splitlines()
        if re.match(r"[A-Z_0-9]+=", line)
    }


def mounts(project: Project) -> Iterator[tuple[str, str]]:
    """Service and source of every mount."""
    for name, service in project["services"].items():
        for mount in service.get("volumes", []):
            # A variable's default holds a colon too: cut at the target, which starts with a slash.
            yield name, mount.split(":/")[0]


def test_the_file_follows_the_compose_specification(project: Project) -> None:
    """The schema that compose itself uses finds nothing."""
    assert [f"{list(e.absolute_path)}: {e.message}" for e in SCHEMA.iter_errors(project)] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("services", "redis", "helthcheck"), {}),
        (("services", "redis", "ports"), 8080),
        (("services", "redis", "depends_on"), "postgres"),
    ],
)
def test_the_schema_finds_mistakes(project: Project, path: tuple[str, str, str], value: object) -> None:
    """A check of the check: misspelt and mistyped keys are refused."""
    top, service, key = path
    broken = {**project, top: {**project[top], service: {**project[top][service], key: value}}}
    assert not SCHEMA.is_valid(broken)


def test_docker_compose_accepts_the_file(tmp_path: Path) -> None:
    """Where the tool exists it resolves the file, with and without the sandbox."""
    try:
        found = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        found = False
    if not found:
        pytest.skip("docker compose is not installed; the schema test stands in")
    secrets = tmp_path / "env"
    secrets.write_text("".join(f"{name}=x\n" for name in SECRETS))
    for profile in ([], ["--profile", "sandbox"]):
        command = ["docker", "compose", "--file", str(FILE), "--env-file", str(secrets), *profile, "config", "--quiet"]
        assert subprocess.run(command, capture_output=True, text=True, check=False).stderr == ""


def test_airflow_is_complete(project: Project) -> None:
    """Every component of Airflow 3, two workers, both stores and the sandbox as a profile."""
    services = project["services"]
    assert set(services) == COMPONENTS | {"postgres", "redis", "init", "tasks", "sandbox"}
    assert services["sandbox"]["profiles"] == ["sandbox"]
    assert [name for name, service in services.items() if "profiles" in service] == ["sandbox"]


def test_what_runs_is_watched(project: Project) -> None:
    """Every long-running service has a health check and comes back by itself."""
    for name in COMPONENTS | {"postgres", "redis", "sandbox"}:
        assert project["services"][name].get("healthcheck", {}).get("test"), name
        assert project["services"][name]["restart"] == "unless-stopped", name


def test_every_dependency_resolves(project: Project) -> None:
    """Dependencies and shared networks name services, and who waits for health names one that reports it."""
    services = project["services"]
    for name, service in services.items():
        for wanted, how in service.get("depends_on", {}).items():
            assert wanted in services, f"{name} waits for {wanted}"
            assert how["condition"] != "service_healthy" or "healthcheck" in services[wanted], (
                f"{name} waits for {wanted}"
            )
            assert "profiles" not in services[wanted] or how.get("required") is False, (
                f"{name} needs a profile's {wanted}"
            )
        network = service.get("network_mode", "service:tasks").removeprefix("service:")
        assert network in services, name


def test_the_triggerer_can_look_at_reports_as_the_workers_can(project: Project) -> None:
    """It imports the trigger from the plugins folder, and reaches platforms and home exactly as a worker does."""
    triggerer, worker = (project["services"][name] for name in ("triggerer", "worker-1"))
    for key in ("network_mode", "depends_on", "volumes", "env_file", "image"):
        assert triggerer[key] == worker[key], key
    assert triggerer["command"][:3] == worker["command"][:3]
    assert "sandbox/environment" in triggerer["command"][2]
    folder = triggerer["environment"]["AIRFLOW__CORE__PLUGINS_FOLDER"]
    assert folder == "/opt/airflow/dags/plugins"
    assert (ROOT / "dags" / "plugins" / "phygital_trigger.py").is_file()


def test_each_worker_has_the_name_its_health_check_asks_for(project: Project) -> None:
    """Celery answers a ping under the name that the worker was started with."""
    for name in ("worker-1", "worker-2"):
        service = project["services"][name]
        assert service["command"][-1] == service["environment"]["WORKER_NAME"] == name


def test_every_variable_is_documented(project: Project) -> None:
    """Who reads .env.example knows all that can be set."""
    used = {name for text in values(project) for name in VARIABLE.findall(text)}
    assert used >= SECRETS
    assert used - documented() == set()


def test_no_secret_is_in_the_file(project: Project) -> None:
    """A secret is a variable without a default that is refused when it is missing."""
    text = FILE.read_text()
    for name in SECRETS:
        assert f"${{{name}:?" in text, f"{name} is not demanded"
        assert not re.search(rf"\$\{{{name}:?-", text), f"{name} has a default"
        assert f"\n{name}=\n" in (ROOT / ".env.example").read_text(), f"{name} has a value in .env.example"
    for service in project["services"].values():
        for key, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|FERNET|AUTH$|CONN$|BROKER_URL", key):
                assert "${" in value, key


def test_ports_stay_on_this_host(project: Project) -> None:
    """Nothing listens for others."""
    ports = [port for service in project["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_mounted_path_exists(project: Project) -> None:
    """A bind mount of a missing path becomes an empty folder of root; volumes are declared."""
    for name, source in mounts(project):
        if source.startswith("./"):
            assert (ROOT / source).is_dir(), f"{name} mounts {source}"
        elif not source.startswith("${"):
            assert source in project["volumes"], f"{name} mounts {source}"


def test_the_image_runs_the_locked_airflow() -> None:
    """The containers' lock file holds the same Airflow, dbt and DuckDB as everywhere else."""

    def pinned(lock: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", (ROOT / "requirements" / lock).read_text(), re.MULTILINE))

    compose, runtime = pinned("compose.txt"), pinned("runtime.txt")
    assert {
        name: (version, compose.get(name)) for name, version in runtime.items() if compose.get(name) != version
    } == {}
    assert compose["apache-airflow"].startswith("3.3.")
    assert {"apache-airflow-providers-celery", "apache-airflow-providers-postgres", "redis"} <= set(compose)


def test_the_image_copies_what_exists() -> None:
    """Each path that the Dockerfile copies from the checkout is there and not ignored."""
    ignored = (ROOT / ".dockerignore").read_text()
    copies = re.findall(r"^COPY (?!--from)(?:--chown=\S+ )?(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    sources = [source for line in copies for source in line.split()]
    assert len(sources) >= 8
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source.split('/')[0]}" in ignored, f".dockerignore leaves {source} out"
