"""The compose files: what runs, with which rights, and that the broker takes what they tell it."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from broker.settings.load import load

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "compose"
ENVIRONMENT = dict(
    line.split("=", 1)
    for line in (FOLDER / "example.env").read_text().splitlines()
    if line and not line.startswith("#")
)
OURS = {"migrate", "broker", "broker-two"}


def _filled_in(text: str) -> str:
    """Put in what the example says, and the defaults of what it does not."""

    def value(found: re.Match[str]) -> str:
        return ENVIRONMENT.get(found[1], found[3] or "")

    return re.sub(r"(?<!\$)\$\{(\w+)(:[-?]([^}]*))?\}", value, text)


def _compose(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load(_filled_in((ROOT / name).read_text())))


ONE = _compose("compose.yaml")
MANY = _compose("compose.scale.yaml")
SERVICES = [
    pytest.param(service, id=f"{name}:{file}")
    for file, compose in (("one", ONE), ("many", MANY))
    for name, service in compose["services"].items()
    if "image" in service
]


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_can_do_what_it_must_and_no_more(service: dict[str, Any]) -> None:
    """Its root cannot be written, it has no rights of root and can get none."""
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("cap_add", []) in ([], ["NET_BIND_SERVICE"])
    assert not service.get("privileged")


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_has_a_version_that_somebody_chose(service: dict[str, Any]) -> None:
    """Within it only fixes come; ours is what was built here, or named in .env."""
    name, _, version = service["image"].partition(":")
    # PostgreSQL counts major releases by one number, the others by two.
    number = {"caddy": r"\d+\.\d+", "redis": r"\d+\.\d+", "postgres": r"\d+"}
    assert service["image"] == "localhost/farstu" or re.fullmatch(number[name], version)


def test_the_world_reaches_caddy_alone() -> None:
    """Nothing else is published, metrics and stores included."""
    public = [
        name
        for compose in (ONE, MANY)
        for name, service in compose["services"].items()
        if "ports" in service
    ]
    assert public == ["caddy"]
    assert MANY["networks"]["stores"]["internal"] is True


def test_nothing_serves_before_the_database_is_ready() -> None:
    """One migration, then the brokers."""
    assert ONE["services"]["migrate"]["command"] == ["db", "migrate"]
    waits = [
        service["depends_on"]["migrate"]["condition"]
        for compose in (ONE, MANY)
        for name, service in compose["services"].items()
        if name.startswith("broker")
    ]
    assert waits == ["service_completed_successfully"] * 3


def test_caddy_is_believed_and_nobody_else() -> None:
    """The trusted proxy is Caddy's own address, in the network that both are in."""
    trusted = ONE["services"]["broker"]["environment"]["FARSTU_SERVER__TRUSTED_PROXIES"]
    assert trusted == ONE["services"]["caddy"]["networks"]["edge"]["ipv4_address"]


@pytest.mark.parametrize("with_stores", [False, True])
def test_the_broker_takes_what_it_is_told(tmp_path: Path, *, with_stores: bool) -> None:
    """With fresh secrets and the example's own telephone number replaced, nothing is wrong."""
    copy = tmp_path / "compose"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("secrets", "farstu.toml"))
    subprocess.run([str(copy / "new-secrets")], check=True, capture_output=True)
    config = copy / "etc" / "farstu.toml"
    text = (copy / "etc" / "farstu.example.toml").read_text()
    config.write_text(text.replace("0771-12 34 56", "0771-40 50 60"))
    told = dict(ONE["services"]["broker"]["environment"])
    if with_stores:
        told |= MANY["services"]["broker"]["environment"]
    told = {name: at.replace("/run/secrets", str(copy / "secrets")) for name, at in told.items()}
    settings = load(config, told)
    assert settings.issuer == f"https://{ENVIRONMENT['LOGIN_HOST']}"
    assert bool(settings.storage.transient) is with_stores
    place = "postgresql://" if with_stores else "sqlite:////var/lib/farstu/"  # the volume
    assert settings.storage.database.startswith(place)


def test_secrets_are_made_once(tmp_path: Path) -> None:
    """A second run changes none; the folder is its owner's alone."""
    copy = tmp_path / "compose"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("secrets"))
    made = []
    for _ in range(2):
        subprocess.run([str(copy / "new-secrets")], check=True, capture_output=True)
        made.append({each.name: each.read_text() for each in (copy / "secrets").iterdir()})
    assert made[0] == made[1]
    assert (copy / "secrets").stat().st_mode & 0o777 == 0o700
    declared = {Path(each["file"]).name for each in (ONE["secrets"] | MANY["secrets"]).values()}
    assert made[0].keys() == declared


def test_what_is_mounted_is_in_the_clone() -> None:
    """Each file and folder of the deploy folder that is mounted exists."""
    text = (ROOT / "compose.yaml").read_text() + (ROOT / "compose.scale.yaml").read_text()
    mounted = set(re.findall(r"\./(deploy/compose/[\w.-]+)", text))
    assert len(mounted) == 4
    assert all((ROOT / each).exists() for each in mounted)


def test_caddy_asks_each_broker_that_there_is() -> None:
    """By the names that the compose files give, on the port that the broker has."""
    one = (FOLDER / "Caddyfile").read_text()
    many = (FOLDER / "Caddyfile.scale").read_text()
    assert "reverse_proxy broker:8000 {" in one
    brokers = " ".join(f"{name}:8000" for name in sorted(OURS - {"migrate"}))
    assert f"reverse_proxy {brokers} {{" in many
    assert "health_uri /readyz" in many


@pytest.mark.processes
@pytest.mark.parametrize("files", [["compose.yaml"], ["compose.yaml", "compose.scale.yaml"]])
def test_compose_itself_understands_them(files: list[str]) -> None:
    """Where the program is at hand, it reads both alone and one over the other."""
    docker = shutil.which("docker")
    command = [docker or "docker", "compose"]
    if docker is None or subprocess.run([*command, "version"], capture_output=True).returncode:  # noqa: PLW1510
        pytest.skip("docker compose is not installed: the files are read by this test alone")
    for file in files:
        command += ["--file", file]
    done = subprocess.run(
        [*command, "--env-file", str(FOLDER / "example.env"), "config", "--format", "json"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    services = json.loads(done.stdout)["services"]
    assert {name for name, each in services.items() if each.get("ports")} == {"caddy"}
