"""Whatever stands in the file, loading ends in settings or in problems, never in a trace."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broker.settings.check import check
from broker.settings.load import load
from broker.settings.problem import SettingsInvalid
from broker.settings.repair import repaired

ANYTHING = st.recursive(
    st.booleans() | st.integers(-3, 2**40) | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda below: (
        st.lists(below, max_size=2) | st.dictionaries(st.text(max_size=5), below, max_size=2)
    ),
    max_leaves=4,
)


def places(value: Any, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return every key of nested tables."""
    if not isinstance(value, dict):
        return []
    return [place for key in value for place in ((*above, key), *places(value[key], (*above, key)))]


def changed(values: dict[str, Any], place: tuple[str, ...], new: Any) -> dict[str, Any]:
    """Return a copy with something else at one place."""
    copy = json.loads(json.dumps(values))
    table = copy
    for key in place[:-1]:
        table = table[key]
    table[place[-1]] = new
    return dict(copy)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(draw=st.data(), new=ANYTHING)
def test_anything_anywhere(draw: st.DataObject, new: Any, values: dict[str, Any]) -> None:
    """Any value at any key can be repaired for judging, so that the rest is judged too."""
    place = draw.draw(st.sampled_from(places(values)))
    judged = repaired(changed(values, place, new))
    assert judged is not None
    check(judged)


@pytest.mark.parametrize("address", ["https://[x/cb", "https://a:b:c/", "\ud800", "http://[::1"])
@pytest.mark.parametrize("key", ["redirect_uris", "post_logout_redirect_uris"])
def test_address_that_cannot_be_parsed(address: str, key: str, values: dict[str, Any]) -> None:
    """An address that readers choke on is a problem like any other."""
    portal = {**values["clients"]["mina-sidor"], key: [address], "subject_type": "pairwise"}
    judged = repaired({**values, "clients": {"mina-sidor": portal}})
    assert judged is not None
    assert f"clients.mina-sidor.{key}[0]" in [problem.path for problem in check(judged)]


@pytest.mark.parametrize("key", ["issuer", "authority", "dialog_address", "graph_address"])
def test_upstream_address_that_cannot_be_parsed(key: str, values: dict[str, Any]) -> None:
    """The same for a provider's addresses."""
    google = {**values["providers"]["google"], key: "https://[x"}
    judged = repaired({**values, "issuer": "https://[y", "providers": {"google": google}})
    assert judged is not None
    assert {"issuer", f"providers.google.{key}"} <= {problem.path for problem in check(judged)}


@pytest.mark.parametrize(
    ("place", "new"),
    [
        (("companies",), 3),
        (("companies", "elnat"), []),
        (("companies", "elnat", "hours"), "always"),
        (("clients", "mina-sidor", "redirect_uris"), "https://minasidor.example.se"),
        (("secrets",), []),
        (("providers", "google", "client_secrets"), {"a": "b"}),
        (("brands", "kraft", "logo"), 7),
    ],
)
def test_wrong_shape_is_a_problem_at_its_place(
    place: tuple[str, ...], new: Any, values: dict[str, Any], tmp_path: Path
) -> None:
    """A value of another shape is named where it stands, and no other problem follows there."""
    path = tmp_path / "farstu.toml"
    path.write_text(toml(changed(values, place, new)), encoding="utf-8")
    with pytest.raises(SettingsInvalid) as caught:
        load(path, {})
    assert ".".join(place) in [problem.path for problem in caught.value.problems]


def toml(values: dict[str, Any]) -> str:
    """Write nested tables as inline TOML, a line per key at the top."""
    return "\n".join(f"{key} = {inline(value)}" for key, value in values.items())


def inline(value: Any) -> str:
    """Write one value."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(inline(each) for each in value)}]"
    return json.dumps(value, ensure_ascii=False)
