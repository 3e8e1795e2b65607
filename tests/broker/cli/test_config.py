"""`farstu config`: check, show, reference."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from broker.cli.config import _PAGES
from broker.settings.reference import example_file, settings_page, tables
from broker.settings.strength import key_bytes

Run = Callable[..., Result]
ROOT = Path(__file__).parents[3]


def test_check_shows_every_problem_with_a_remedy(run: Run) -> None:
    """All problems come at once, on standard error, and the exit code is 1."""
    run("init")
    with Path("farstu.toml").open("a") as file:
        file.write('[clients.a]\nname = "A"\ncompany = "b"\nredirect_uris = ["http://x.se"]\n')
    result = run("config", "check")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "2 problems" in result.stderr
    assert "clients.a.company" in result.stderr
    assert "clients.a.redirect_uris[0]" in result.stderr
    assert result.stderr.count("→") == 2


def test_check_shows_brackets_as_they_are(run: Run) -> None:
    """What looks like markup in a name is shown, not swallowed."""
    run("init")
    with Path("farstu.toml").open("a") as file:
        file.write('[clients."[bold]x"]\nname = "A"\ncompany = "b"\nredirect_uris = []\n')
    assert "[bold]x" in run("config", "check").stderr


def test_check_asks_the_provider_kinds(run: Run) -> None:
    """What only a provider's own rules know is a problem of the configuration too."""
    run("init")
    text = Path("farstu.toml").read_text()
    on = '[providers.own]\nkind = "oidc"\nclient_id = "x"\nclient_secrets = ["y"]\n'
    Path("farstu.toml").write_text(f'{text}\n{on}issuer = "https://id.example.se?x"\n')
    result = run("config", "check")
    assert result.exit_code == 1
    assert "providers.own.issuer" in result.stderr


def test_check_warns_of_codes_that_never_leave(run: Run) -> None:
    """Codes by letter are warned of as those by text message are; the configuration holds."""
    run("init")
    text = Path("farstu.toml").read_text()
    ladder = '[companies.exempel-elnat.ladder]\ncodes = ["email", "sms", "letter"]\n'
    leaving = '[outbound]\nemail = "folder"\n[outbound.folder]\npath = "messages"\n'
    text = text.replace(
        "[companies.exempel-elnat]\n",
        '[companies.exempel-elnat]\nnotice_sender = "svara-inte@example.se"\n',
    )
    Path("farstu.toml").write_text(f"{text}\n{ladder}{leaving}")
    result = run("config", "check")
    assert result.exit_code == 0, result.stderr
    assert "exempel-elnat: sms, letter" in result.stdout
    assert "farstu.toml is in order" in result.stdout


def test_config_option_and_variable(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file can be named on the command line and in the environment."""
    run("init", "-o", "other.toml")
    assert run("config", "check").exit_code == 1
    assert run("config", "check", "-c", "other.toml").exit_code == 0
    monkeypatch.setenv("FARSTU_CONFIG", "other.toml")
    assert run("config", "check").exit_code == 0


def test_show_hides_secrets(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every value in force is shown as TOML, the environment's too, and no secret is."""
    run("init")
    monkeypatch.setenv("FARSTU_SERVER__PORT", "9999")
    shown = run("config", "show").stdout
    read = tomllib.loads(shown)
    assert read["server"]["port"] == 9999
    written = tomllib.loads(Path("farstu.toml").read_text())["secrets"]
    assert written["pairwise_salt"] not in shown
    assert written["cookie_keys"][0] not in shown
    assert set(read["secrets"]) == {*written, "master_keys_command"}


def test_secret_is_a_key(run: Run) -> None:
    """`config secret` prints what `[secrets]` takes, new each time."""
    first, second = run("config", "secret").stdout.strip(), run("config", "secret").stdout.strip()
    assert key_bytes(first)
    assert first != second


def test_reference_of_a_table(run: Run) -> None:
    """A table's keys are explained, and no other's."""
    shown = run("config", "reference", "clients").stdout
    assert "clients.NAME.redirect_uris" in shown
    assert "issuer (" not in shown


def test_reference_of_an_unknown_key(run: Run) -> None:
    """A key that is not there is said, with how to see all."""
    result = run("config", "reference", "clientz")
    assert result.exit_code == 1
    assert "farstu config reference" in result.stderr


@pytest.mark.parametrize("name", _PAGES)
def test_written_pages_are_fresh(name: str) -> None:
    """The pages in the source tree say what the program says."""
    assert (ROOT / name).read_text(encoding="utf-8") == _PAGES[name]()


def test_stale_page_is_found(run: Run) -> None:
    """The freshness check names a page that was changed by hand."""
    assert run("config", "reference", "--write").exit_code == 0
    assert run("config", "reference", "--check").exit_code == 0
    with Path("docs/reference/settings.md").open("a") as file:
        file.write("x")
    result = run("config", "reference", "--check")
    assert result.exit_code == 1
    assert "docs/reference/settings.md" in result.stderr


def test_page_has_every_key() -> None:
    """No key of the schema is missing from the page or the example."""
    page, example = settings_page(), example_file()
    for table in tables():
        assert f"[{table.path}]" in page or not table.path
        for name in table.fields:
            assert f"### `{name}`" in page
            assert f"\n{name} = " in example or f"\n#: {name} = " in example


def test_example_is_toml() -> None:
    """The example can be read, with its defaults taken in too."""
    tomllib.loads(example_file())
    tomllib.loads(example_file().replace("#: ", ""))
