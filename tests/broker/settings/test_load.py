"""Reading the configuration: file, environment, secrets in files, and problems all at once."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from broker.settings.fresh import new_key
from broker.settings.load import config_path, load
from broker.settings.problem import Problem, SettingsInvalid

Loads = Callable[..., Any]


def write(folder: Path, values: dict[str, Any], extra: str = "") -> Path:
    """Write values as TOML: one dotted key a line, as `farstu config show` does."""
    path = folder / "farstu.toml"
    path.write_text(f"{extra}\n" + "\n".join(_lines("", values)), encoding="utf-8")
    return path


def _lines(above: str, value: Any) -> list[str]:
    if isinstance(value, dict):
        return [line for key in value for line in _lines(f"{above}.{key}".lstrip("."), value[key])]
    return [f"{above} = {json.dumps(value, ensure_ascii=False)}"]


def problems_of(path: Path, environ: dict[str, str] | None = None) -> dict[str, Problem]:
    """Return what loading says is wrong, by path."""
    with pytest.raises(SettingsInvalid) as caught:
        load(path, environ or {})
    return {problem.path: problem for problem in caught.value.problems}


def test_file_alone(tmp_path: Path, values: dict[str, Any]) -> None:
    """A file that is in order gives settings."""
    settings = load(write(tmp_path, values), {})
    assert settings.issuer == "https://login.example.se"
    assert list(settings.providers) == ["google"]


def test_environment_is_over_the_file(tmp_path: Path, values: dict[str, Any]) -> None:
    """A variable changes one key and leaves its neighbours as the file has them."""
    settings = load(write(tmp_path, values), {"FARSTU_SERVER__PORT": "9000"})
    assert (settings.server.port, settings.server.host) == (9000, "127.0.0.1")


def test_secret_file_is_over_both(tmp_path: Path, values: dict[str, Any]) -> None:
    """`…_FILE` has the last word, and white space around the content is no part of it."""
    key, secret_file = new_key(), tmp_path / "salt"
    secret_file.write_text(f"\n{key}\n")
    settings = load(
        write(tmp_path, values),
        {
            "FARSTU_SECRETS__PAIRWISE_SALT": new_key(),
            "FARSTU_SECRETS__PAIRWISE_SALT_FILE": str(secret_file),
        },
    )
    assert settings.secrets.pairwise_salt.get_secret_value() == key


def test_secret_file_with_several_keys(tmp_path: Path, values: dict[str, Any]) -> None:
    """A file for a list has one value a line."""
    keys, secret_file = [new_key(), new_key()], tmp_path / "keys"
    secret_file.write_text("\n".join(keys))
    settings = load(write(tmp_path, values), {"FARSTU_SECRETS__COOKIE_KEYS_FILE": str(secret_file)})
    assert [each.get_secret_value() for each in settings.secrets.cookie_keys] == keys


def test_list_and_table_in_the_environment(tmp_path: Path, values: dict[str, Any]) -> None:
    """Lists are JSON or words, tables JSON or a variable a key."""
    settings = load(
        write(tmp_path, values),
        {
            "FARSTU_COMPANIES__ELNAT__BANKGIRO": "123-4566 765-4321",
            "FARSTU_CLIENTS__MINA_SIDOR__SCOPES": '["openid"]',
            "FARSTU_SESSION": '{"idle_minutes": 10}',
            "FARSTU_COMPANIES__ELNAT__HOURS__SV": "dygnet runt",
        },
    )
    assert settings.companies["elnat"].bankgiro == ("123-4566", "765-4321")
    assert settings.clients["mina-sidor"].scopes == ("openid",)
    assert settings.session.idle_minutes == 10
    assert settings.companies["elnat"].hours["sv"] == "dygnet runt"


def test_new_entry_from_the_environment(tmp_path: Path, values: dict[str, Any]) -> None:
    """A table that the file does not have can be added, `_` standing for the hyphen."""
    settings = load(
        write(tmp_path, values),
        {
            "FARSTU_PROVIDERS__MY_OWN__KIND": "oidc",
            "FARSTU_PROVIDERS__MY_OWN__CLIENT_ID": "x",
            "FARSTU_PROVIDERS__MY_OWN__CLIENT_SECRETS": "y",
            "FARSTU_PROVIDERS__MY_OWN__ISSUER": "https://id.example.se",
        },
    )
    assert settings.providers["my-own"].issuer == "https://id.example.se"


def test_client_id_keeps_its_own_spelling(tmp_path: Path, values: dict[str, Any]) -> None:
    """A variable finds the file's name whatever its capitals and hyphens are."""
    changed = {**values, "clients": {"Mina_Sidor-2": values["clients"]["mina-sidor"]}}
    settings = load(write(tmp_path, changed), {"FARSTU_CLIENTS__MINA_SIDOR_2__NAME": "Ny"})
    assert settings.clients["Mina_Sidor-2"].name == "Ny"


@pytest.mark.parametrize(
    ("line", "where", "remedy"),
    [
        ('isuer = "x"', "isuer", 'Did you mean "issuer"?'),
        ("server.prot = 1", "server.prot", 'Did you mean "port"?'),
        ("nonsense = 1", "nonsense", "config reference"),
    ],
)
def test_unknown_key_in_the_file(
    line: str, where: str, remedy: str, tmp_path: Path, values: dict[str, Any]
) -> None:
    """A misspelt key is an error with the nearest right one, never ignored."""
    assert remedy in problems_of(write(tmp_path, values, line))[where].remedy


def test_unknown_key_in_the_environment(tmp_path: Path, values: dict[str, Any]) -> None:
    """A misspelt variable is an error with the nearest right key, never ignored."""
    problems = problems_of(
        write(tmp_path, values), {"FARSTU_ISUER": "x", "FARSTU_SERVER__PROT_FILE": "x"}
    )
    assert problems["FARSTU_ISUER"].remedy == 'Did you mean "issuer"?'
    assert problems["FARSTU_SERVER__PROT_FILE"].remedy == 'Did you mean "port"?'


def test_variables_of_a_kubernetes_service_are_not_ours(
    tmp_path: Path, values: dict[str, Any]
) -> None:
    """A pod beside a service called `farstu` starts: Kubernetes sets these by itself."""
    environ = {
        "FARSTU_PORT": "tcp://10.0.0.1:8000",
        "FARSTU_PORT_8000_TCP": "tcp://10.0.0.1:8000",
        "FARSTU_PORT_8000_TCP_ADDR": "10.0.0.1",
        "FARSTU_SERVICE_HOST": "10.0.0.1",
        "FARSTU_SERVICE_PORT_HTTP": "8000",
        "FARSTU_CONFIG": "elsewhere.toml",
    }
    assert load(write(tmp_path, values), environ).server.port == 8000


def test_secret_file_that_cannot_be_read(tmp_path: Path, values: dict[str, Any]) -> None:
    """A missing secret file is a problem; the value of the file below it is not used instead."""
    assert "FARSTU_ISSUER_FILE" in problems_of(
        write(tmp_path, values), {"FARSTU_ISSUER_FILE": str(tmp_path / "nothing")}
    )


def test_table_in_the_environment_that_is_no_json(tmp_path: Path, values: dict[str, Any]) -> None:
    """Broken JSON is named by its variable and not repeated."""
    problems = problems_of(write(tmp_path, values), {"FARSTU_SESSION": "{hunter2"})
    assert "FARSTU_SESSION" in problems
    assert "hunter2" not in str(problems)


def test_everything_at_once(tmp_path: Path, values: dict[str, Any]) -> None:
    """Wrong shapes, wrong values, wrong names and wrong variables come in one list."""
    broken = json.loads(json.dumps(values))
    del broken["companies"]["elnat"]["phone"]
    broken["companies"]["varme"]["invoice_number"] = {"leading_zeros": "perhaps"}
    broken["companies"]["Gas_1"] = {"name": "Gas"}
    broken["session"] = {"idle_minutes": 1}
    broken["clients"]["mina-sidor"]["redirect_uris"] = ["http://minasidor.example.se/"]
    broken["clients"]["mina-sidor"]["brand"] = "kratf"
    broken["providers"]["google"]["pkce"] = "sometimes"
    broken["providers"]["google"]["algorithms"] = ["none", 7]
    broken["secrets"]["pairwise_salt"] = "short"
    problems = problems_of(
        write(tmp_path, broken, 'isuer = "x"'), {"FARSTU_SERVER__PROT": "1", "FARSTU_GROUP": "G"}
    )
    assert set(problems) >= {
        "FARSTU_SERVER__PROT",
        "isuer",
        "companies.elnat.phone",
        "companies.varme.invoice_number.leading_zeros",
        "companies.Gas_1",
        "session.idle_minutes",
        "clients.mina-sidor.redirect_uris[0]",
        "clients.mina-sidor.brand",
        "providers.google.pkce",
        "providers.google.algorithms[0]",
        "providers.google.algorithms[1]",
        "secrets.pairwise_salt",
    }


def test_missing_tables_do_not_hide_the_rest(tmp_path: Path, values: dict[str, Any]) -> None:
    """Without its secrets a file is still judged otherwise, and each missing secret is named."""
    broken = {**values, "issuer": "http://login.example.se"}
    del broken["secrets"]
    problems = problems_of(write(tmp_path, broken))
    assert set(problems) == {"issuer", "secrets"}


def test_value_of_a_wrong_shape_is_not_repeated(tmp_path: Path, values: dict[str, Any]) -> None:
    """What stands where a secret belongs is never shown, whatever its type."""
    broken = {**values, "secrets": {**values["secrets"], "pairwise_salt": 192837465}}
    problems = problems_of(write(tmp_path, broken))
    assert "192837465" not in " ".join(map(str, problems.values()))


@pytest.mark.parametrize("content", [b"issuer = \n", b"\xff\xfe", b"a = 1\na = 2\n", b"\x00"])
def test_file_that_is_no_toml(content: bytes, tmp_path: Path) -> None:
    """A file that cannot be parsed is one problem, with line and column where there are any."""
    path = tmp_path / "farstu.toml"
    path.write_bytes(content)
    assert list(problems_of(path)) == [str(path)]


def test_broken_toml_does_not_show_what_stands_there(tmp_path: Path) -> None:
    """The parser's own message may quote a key or value; ours has the place only."""
    path = tmp_path / "farstu.toml"
    path.write_text('[secrets]\nhunter2 = "a"\nhunter2 = "b"\n')
    problem = problems_of(path)[str(path)]
    assert "line 3" in problem.reason
    assert "hunter2" not in str(problem)


@pytest.mark.parametrize(
    "content",
    ["[storage]\n[storage]\n", "a = 1\na = 2\n", "a = { b = 1, b = 2 }\n", "a = {}\n[a.b]\n"],
)
def test_table_or_key_that_stands_twice(content: str, tmp_path: Path) -> None:
    """Who pasted a table that was there already is told so, not that it is no TOML."""
    path = tmp_path / "farstu.toml"
    path.write_text(content)
    assert problems_of(path)[str(path)].reason.startswith("Twice the same table or key, at ")


def test_no_file(tmp_path: Path) -> None:
    """A missing file is said with how to make one."""
    path = tmp_path / "farstu.toml"
    assert "farstu init" in problems_of(path)[str(path)].remedy


def test_file_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is there and closed to this user is not to be made anew."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    problem = problems_of(tmp_path / "farstu.toml")[str(tmp_path / "farstu.toml")]
    assert "the broker's user" in problem.remedy


def test_missing_secret(tmp_path: Path, values: dict[str, Any]) -> None:
    """It is said how to make a first one, and that a lost one is not to be made anew."""
    secrets = {key: each for key, each in values["secrets"].items() if key != "pairwise_salt"}
    path = write(tmp_path, values | {"secrets": secrets})
    problem = problems_of(path)["secrets.pairwise_salt"]
    assert "that one again" in problem.remedy
    assert "farstu config secret" in problem.remedy


def test_a_register_has_its_files_beside_the_configuration_and_its_token_in_one(
    tmp_path: Path, values: dict[str, Any]
) -> None:
    """Relative paths start at the configuration file; a secret comes by `…_FILE`."""
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    token = new_key()
    (tmp_path / "token").write_text(f"{token}\n")
    register = {"kind": "http", "url": "https://billing.example.se/v1", "ca_file": "ca.pem"}
    changed = {**values, "registers": {"billing": register}}
    variable = "FARSTU_REGISTERS__BILLING__TOKEN_FILE"
    settings = load(write(tmp_path, changed), {variable: str(tmp_path / "token")})
    found = settings.registers["billing"]
    assert found.ca_file == tmp_path / "ca.pem"
    assert found.token is not None
    assert found.token.get_secret_value() == token


def test_logo_path_starts_at_the_file(tmp_path: Path, values: dict[str, Any]) -> None:
    """A relative logo is found wherever the broker is started."""
    (tmp_path / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    changed = {**values, "brands": {"kraft": {"name": "Exempel Kraft", "logo": "logo.svg"}}}
    settings = load(write(tmp_path, changed), {})
    assert settings.brands["kraft"].logo == tmp_path / "logo.svg"


@pytest.mark.parametrize("said", [None, "sqlite:///farstu.db", "sqlite:///./farstu.db"])
def test_a_database_file_starts_at_the_file(
    tmp_path: Path, values: dict[str, Any], said: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From any folder it is the same database, and none besides; the default one too."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    storage = {} if said is None else {"storage": {"database": said}}
    settings = load(write(tmp_path, {**values, **storage}), {})
    assert settings.storage.database == f"sqlite:///{tmp_path}/farstu.db"


def test_a_database_file_in_the_environment_starts_at_the_file_too(
    tmp_path: Path, values: dict[str, Any]
) -> None:
    """And so does the transient one; an absolute path and a server stay as they are."""
    path = write(tmp_path, values)
    environ = {
        "FARSTU_STORAGE__DATABASE": "sqlite:///data/a.db",
        "FARSTU_STORAGE__TRANSIENT": "sqlite:///b.db",
    }
    storage = load(path, environ).storage
    assert storage.database == f"sqlite:///{tmp_path}/data/a.db"
    assert storage.transient == f"sqlite:///{tmp_path}/b.db"
    for whole in ("sqlite:////var/lib/farstu/farstu.db", "postgresql://farstu@db.example/farstu"):
        assert load(path, {"FARSTU_STORAGE__DATABASE": whole}).storage.database == whole


def test_files_of_the_ways_out_start_at_the_file(tmp_path: Path, values: dict[str, Any]) -> None:
    """A folder for messages; a password that never stands in the configuration."""
    (tmp_path / "password").write_text("s3cr3t\n")
    outbound = {
        "email": "folder",
        "folder": {"path": "messages"},
        "letter": "print_file",
        "print_file": {"path": "letters"},
    }
    changed = {**values, "issuer": "http://localhost:8000", "outbound": outbound}
    companies = {name: {**each, "email": "a@b.se"} for name, each in values["companies"].items()}
    settings = load(
        write(tmp_path, {**changed, "companies": companies}),
        {
            "FARSTU_OUTBOUND__SMTP__PASSWORD_FILE": str(tmp_path / "password"),
            "FARSTU_OUTBOUND__SMTP__USERNAME": "farstu",
        },
    )
    assert settings.outbound.folder.path == tmp_path / "messages"
    assert settings.outbound.print_file.path == tmp_path / "letters"
    assert settings.outbound.smtp.password is not None
    assert settings.outbound.smtp.password.get_secret_value() == "s3cr3t"


@pytest.mark.parametrize(
    ("waits", "where"),
    [
        ({"longest_wait": 601}, "verification.longest_wait"),
        ({"waits": [[30, 5], [601, 5]]}, "verification.waits[1]"),
    ],
)
def test_no_own_wait_is_longer_than_promised(
    tmp_path: Path, values: dict[str, Any], waits: dict[str, Any], where: str
) -> None:
    """Ten minutes are what customers are told; the error says so."""
    with pytest.raises(SettingsInvalid) as caught:
        load(write(tmp_path, {**values, "verification": waits}), {})
    (problem,) = caught.value.problems
    assert problem.path.startswith(where)
    assert "ten minutes (600)" in problem.remedy
    assert load(write(tmp_path, {**values, "verification": {"longest_wait": 600}}), {})


def test_which_file_is_read() -> None:
    """The option wins over the variable, the variable over the usual name."""
    environ = {"FARSTU_CONFIG": "b.toml"}
    assert config_path(Path("a.toml"), environ) == Path("a.toml")
    assert config_path(None, environ) == Path("b.toml")
    assert config_path(None, {}) == Path("farstu.toml")
