"""The Helm chart: rendered, held against Kubernetes' own schemas, and against what it promises.

Templates can be read by helm alone. Where it is missing, these tests say so by name; `make chart`
installs it and runs them. What needs no helm is checked all the same.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

import broker
from broker.settings.fresh import new_key
from broker.settings.load import load

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "farstu"
VALUES = {path.stem: path for path in (ROOT / "deploy" / "helm" / "values").glob("*.yaml")}
SCHEMA = json.loads((CHART / "values.schema.json").read_text())
KUBERNETES = ("1.30.0", "1.37.0")  # the oldest that the chart takes, and the newest
NOT_KUBERNETES_OWN = {"ServiceMonitor"}

HELM = shutil.which("helm", path=f"{ROOT / '.venv' / 'tools'}:{os.environ.get('PATH', '')}")
needs_helm = pytest.mark.skipif(HELM is None, reason="helm is not installed: make chart")


def _helm(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert HELM is not None
    return subprocess.run([HELM, *arguments], capture_output=True, text=True, check=False)


def _render(values: str, *more: str, kubernetes: str = KUBERNETES[-1]) -> list[dict[str, Any]]:
    done = _helm(
        "template", "login", str(CHART), "--kube-version", kubernetes,
        "--values", str(VALUES[values]), *more,
    )  # fmt: skip
    if done.returncode:
        raise ValueError(done.stderr)
    return [each for each in yaml.safe_load_all(done.stdout) if each]


def _of_kind(kind: str, manifests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in manifests if each["kind"] == kind]


def _pods(manifests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    owners = _of_kind("Deployment", manifests) + _of_kind("Job", manifests)
    return [owner["spec"]["template"]["spec"] for owner in owners]


def test_the_chart_is_of_this_version() -> None:
    """The image that it takes by default is this release's."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["version"] == chart["appVersion"] == broker.__version__


def test_every_value_stands_in_the_schema() -> None:
    """A value that nobody described is refused; so each of the chart's own is described."""
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    assert values.keys() <= SCHEMA["properties"].keys()
    for name, value in values.items():
        described = SCHEMA["properties"][name].get("properties")
        if described:
            assert value.keys() <= described.keys(), name


@needs_helm
@pytest.mark.processes
@pytest.mark.parametrize("values", VALUES)
def test_helm_has_nothing_against_it(values: str) -> None:
    """`helm lint --strict`."""
    done = _helm("lint", "--strict", str(CHART), "--values", str(VALUES[values]))
    assert done.returncode == 0, done.stdout


@needs_helm
@pytest.mark.processes
@pytest.mark.parametrize("kubernetes", KUBERNETES)
@pytest.mark.parametrize("values", VALUES)
def test_kubernetes_would_take_it(values: str, kubernetes: str) -> None:
    """Each manifest fits Kubernetes' own schema, to the letter."""
    for manifest in _render(values, kubernetes=kubernetes):
        if manifest["kind"] not in NOT_KUBERNETES_OWN:
            kubernetes_validate.validate(manifest, kubernetes, strict=True)


@needs_helm
@pytest.mark.processes
@pytest.mark.parametrize("values", VALUES)
def test_a_pod_can_do_what_it_must_and_no_more(values: str) -> None:
    """Not root, a root that cannot be written, no capability, no account at the cluster."""
    for pod in _pods(_render(values)):
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"] + pod.get("initContainers", []):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


@needs_helm
@pytest.mark.processes
@pytest.mark.parametrize("values", VALUES)
def test_the_broker_takes_what_the_pod_tells_it(tmp_path: Path, values: str) -> None:
    """Configuration, environment and the Secret's keys are settings that exist, and none lacks."""
    manifests = _render(values)
    config = tmp_path / "farstu.toml"
    config.write_text(_of_kind("ConfigMap", manifests)[-1]["data"]["farstu.toml"])
    named = {
        "master_keys": json.dumps({"k01": new_key()}),
        "peppers": json.dumps({"p01": new_key()}),
    }
    for pod in _pods(manifests):
        told = {}
        for one in pod["containers"][0]["env"]:
            told[one["name"]] = one["value"]
            if one["name"].endswith("_FILE"):
                secret = tmp_path / Path(one["value"]).name
                secret.write_text(named.get(secret.name, new_key()))
                told[one["name"]] = str(secret)
        assert load(config, told).issuer == "https://login.example.se"


@needs_helm
@pytest.mark.processes
def test_stopping_takes_as_long_as_it_may() -> None:
    """The pod lives until it is out of the balancer and has drained, longer than both together."""
    [deployment] = _of_kind("Deployment", _render("many", "--set", "server.drainSeconds=60"))
    pod = deployment["spec"]["template"]["spec"]
    pause = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pod["terminationGracePeriodSeconds"] > pause + 60


@needs_helm
@pytest.mark.processes
def test_an_upgrade_takes_no_pod_away_before_there_is_another() -> None:
    """And migrates first, beside those that serve."""
    manifests = _render("many")
    [deployment] = _of_kind("Deployment", manifests)
    assert deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    [job] = _of_kind("Job", manifests)
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    [mounted] = [
        volume["configMap"]["name"]
        for volume in job["spec"]["template"]["spec"]["volumes"]
        if "configMap" in volume
    ]
    hooked = [
        each["metadata"]["name"]
        for each in _of_kind("ConfigMap", manifests)
        if "helm.sh/hook" in each["metadata"].get("annotations", {})
    ]
    assert hooked == [mounted]  # on a first install, nothing else is there yet


@needs_helm
@pytest.mark.processes
@pytest.mark.parametrize(
    ("values", "wrong", "told"),
    [
        ("one", ["--set", "replicas=2"], "set replicas to 1"),
        ("one", ["--set", "storage.existingClaim="], "existingClaim"),
        ("many", ["--set", "storage.existingClaim=data"], "is for SQLite"),
        ("many", ["--set", "issuer=http://login.example.se"], "issuer"),
        ("many", ["--set", "existingSecret="], "existingSecret"),
        ("many", ["--set", "storage.database=mysql://db"], "database"),
        ("many", ["--set", "replica=3"], "replica"),
        ("many", ["--set", "image.tag=latest"], "tag"),
        ("many", ["--set", "ingress.tlsSecret="], "ingress.tlsSecret"),
        ("many", ["--set", "metrics.enabled=false,metrics.serviceMonitor=true"], "metrics.enabled"),
        ("many", ["--set", "networkPolicy.enabled=true"], "networkPolicy.from"),
    ],
)
def test_what_cannot_work_is_refused(values: str, wrong: list[str], told: str) -> None:
    """Before anything is changed, and by the value's name."""
    with pytest.raises(ValueError, match=told):
        _render(values, *wrong)
