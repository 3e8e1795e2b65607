"""What `make image` builds, as far as it can be told without building."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
LINES = re.sub(
    r"\\\n\s*", "", re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.MULTILINE)
).splitlines()


def _instructions(word: str) -> list[str]:
    return [line.removeprefix(f"{word} ") for line in LINES if line.startswith(f"{word} ")]


def _stage(name: str) -> list[str]:
    starts = [place for place, line in enumerate(LINES) if line.startswith("FROM ")]
    for start, end in zip(starts, [*starts[1:], len(LINES)], strict=True):
        if LINES[start].endswith(f" AS {name}"):
            return LINES[start:end]
    raise LookupError(name)


def test_the_base_is_the_builders_choice() -> None:
    """One argument names it, for every stage that does not build on another."""
    assert _instructions("ARG")[0] == "BASE_IMAGE=python:3.14-slim"
    assert set(_instructions("FROM")) == {
        "${BASE_IMAGE} AS tools",
        "tools AS program",
        "${BASE_IMAGE} AS demo",
        "${BASE_IMAGE} AS runtime",
    }


def test_what_is_built_by_default_is_the_runtime() -> None:
    """A builder that is told no target takes the last stage."""
    assert _instructions("FROM")[-1].endswith(" AS runtime")


def test_what_is_copied_is_in_the_clone() -> None:
    """Each source of a COPY exists, and nothing is fetched from elsewhere."""
    assert _instructions("ADD") == []
    for words in _instructions("COPY"):
        *sources, _target = words.split()
        if not words.startswith("--from="):
            for source in sources:
                assert (ROOT / source).exists(), source


def test_what_is_copied_is_let_through_and_nothing_else() -> None:
    """The builder gets what is named: no tests, no secrets, no history."""
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in rules if line and not line.startswith("#")]
    assert rules[0] == "*"
    named = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    copied = {
        source
        for words in _instructions("COPY")
        if not words.startswith("--from=")
        for source in words.split()[:-1]
    }
    assert named == copied


@pytest.mark.parametrize("stage", ["demo", "runtime"])
def test_it_runs_as_a_user_without_rights(stage: str) -> None:
    """By number, so that Kubernetes can see that it is not root; and as nobody else afterwards."""
    users = [line for line in _stage(stage) if line.startswith("USER ")]
    assert users == ["USER 10001:10001"]
    after = _stage(stage)[_stage(stage).index(users[0]) :]
    assert not any(line.startswith(("RUN ", "COPY ")) for line in after)


def test_packages_are_those_of_the_lock() -> None:
    """Every install is either by hash or of our own wheel, without an index."""
    installs = [
        command
        for line in _instructions("RUN")
        for command in line.split(";")
        if re.search(r"\bpip\b.*\binstall\b", command)
    ]
    assert len(installs) == 3
    for command in installs:
        assert "--require-hashes" in command or "--no-deps --no-index" in command


def test_every_line_of_the_build_lock_has_a_hash() -> None:
    """What builds our wheel is pinned too, and new enough for it."""
    lock = (ROOT / "deploy/build.lock").read_text()
    pinned = re.findall(r"^([a-z]+)==(\d+)\S* \\\n    --hash=sha256:", lock, re.MULTILINE)
    [(name, version)] = pinned
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["build-system"]["requires"] == [f"{name}>=77"]
    assert int(version) >= 77


def test_the_demo_is_left_out() -> None:
    """The runtime holds the wheel alone, which has neither demo nor emulated providers."""
    assert [line for line in _stage("runtime") if line.startswith("COPY ")] == [
        "COPY --from=tools /opt/farstu /opt/farstu",
        "COPY --from=program /program /opt/farstu",
        "COPY deploy/healthcheck.py /opt/farstu/healthcheck.py",
    ]
    find = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    assert {"broker.dev*", "providers.emulated*", "broker.registers.generator*"} == set(
        find["find"]["exclude"]
    )


def test_no_address_of_a_registry_or_index_is_written_down() -> None:
    """Where packages and images come from is the builder's own business."""
    for path in (ROOT / "Dockerfile", *(ROOT / "deploy").glob("*-image"), ROOT / "deploy/builder"):
        assert "://" not in path.read_text().replace("http://127.0.0.1:", ""), path
