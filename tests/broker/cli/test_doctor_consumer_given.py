"""`farstu doctor consumer` as a command: what it is given, and what it says of it."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from broker.cli.consumer.service import check_is_near
from broker.cli.speaking import CommandFailed
from tests.servers.ports import free_port
from tests.servers.resource_server import ResourceServer, resource_server

AUDIENCE = "https://api.example.se"
UNANSWERED = ("--service", "http://127.0.0.1:9/", "--listen", "127.0.0.1:0", "--wait", "1")
Run = Callable[..., Result]


@pytest.mark.parametrize(
    ("url", "is_near"),
    [
        ("http://127.0.0.1:9000/me", True),
        ("http://[::1]:9000/me", True),
        ("http://10.1.2.3/me", True),
        ("http://192.168.1.5/me", True),
        ("https://203.0.113.9/me", True),
        ("https://1.1.1.1/me", False),
        ("https://[2606:4700::1111]/me", False),
    ],
)
async def test_services_elsewhere_are_left_alone(url: str, is_near: bool) -> None:
    """Only this machine and private networks, unless it is asked for."""
    if is_near:
        await check_is_near(url)
    else:
        with pytest.raises(CommandFailed, match="neither this machine nor a private network"):
            await check_is_near(url)


PROGRAM = ("-c", "from broker.cli.main import main; main()", "doctor", "consumer")


async def called(*arguments: str) -> tuple[int | None, str, str]:
    """Run the command as a process of its own: exit code, answer, and what was told meanwhile."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *PROGRAM,
        *arguments,
        cwd=Path(__file__).parents[3],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_the_command_waits_and_examines() -> None:
    """Started before the service, with no configuration: it says what to set, waits, and judges."""
    port = free_port()
    made = ResourceServer(
        f"http://127.0.0.1:{port}", AUDIENCE, frozenset({"typ"}), cooldown=0.2, keeps=0.5
    )
    running = asyncio.create_task(
        called(
            "--listen", f"127.0.0.1:{port}", "--service", made.url, "--audience", AUDIENCE,
            "--patience", "4", "--json",
        )
    )  # fmt: skip
    await asyncio.sleep(1)
    async with resource_server(made):
        code, out, err = await running
    assert code == 1
    found = {each["name"]: each for each in json.loads(out)}
    assert [name for name, each in found.items() if each["outcome"] == "error"] == ["typ"]
    assert "RFC 9068 section 4" in found["typ"]["remedy"]
    assert f"issuer     http://127.0.0.1:{port}" in err
    assert "Something must be mended in the service: 1." in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--service", "ftp://x/"), 2, "--service is an address"),
        (("--service", "http://u:p@127.0.0.1/"), 2, "has a user name"),
        (("--service", f"http://{'a' * 64}.example/"), 2, "1 to 63 characters"),
        (("--service", "http://a..example/"), 2, "1 to 63 characters"),
        (("--service", "http://[v1.a]/"), 2, "--service is an address"),
        (("--service", "http://127.0.0.1/", "--listen", "8765"), 2, "HOST:PORT"),
        (("--service", "http://127.0.0.1/", "--listen", f"{'a' * 64}:1"), 2, "1 to 63 characters"),
        (("--service", "http://127.0.0.1/", "--listen", "0.0.0.0:0"), 2, "--issuer"),
        (("--service", "http://127.0.0.1/", "--issuer", "https://x.example/a"), 2, "an origin"),
        (("--service", "http://127.0.0.1/", "--accepts", "ok"), 2, "200,204"),
        (("--service", "http://127.0.0.1/", "--accepts", "401"), 2, "how a token is refused"),
        (("--service", "http://127.0.0.1/", "--claims", "gone.json"), 2, "cannot be read"),
        (("--service", "http://127.0.0.1/", "--ca", "gone.pem"), 2, "cannot be used"),
        (("--service", "https://1.1.1.1/", "--listen", "127.0.0.1:0"), 1, "--anywhere"),
    ],
)
def test_what_it_is_given_is_judged(
    arguments: tuple[str, ...], code: int, said: str, run: Run
) -> None:
    """A slip of the pen is said in words; nothing is asked of anybody."""
    result = run("doctor", "consumer", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in " ".join(result.stderr.replace("│", " ").split())


def test_claims_that_the_examination_sets_itself(run: Run, tmp_path: Path) -> None:
    """`exp` in the file would make every token the same: refused by name."""
    (tmp_path / "claims.json").write_text('{"exp": 1, "customer": "100245"}')
    arguments = ("--service", "http://127.0.0.1/", "--claims", "claims.json")
    result = run("doctor", "consumer", *arguments)
    assert result.exit_code == 2
    assert "exp" in result.stderr
    assert "100245" not in result.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": -Infinity}', "-Infinity is no number"),
        ('{"a": 1e999}', "1e999 is no number"),
        ('{"a": ' + "[" * 900 + "]" * 900 + "}", "nested too deeply"),
        ('{"a": ' + "[" * 30_000 + "]" * 30_000 + "}", "nested too deeply"),
        ("null", "is no JSON object"),
        ("[]", "is no JSON object"),
        ("7", "is no JSON object"),
        ('{"a": ' + "9" * 5000 + "}", "is no JSON"),
        ("{", "is no JSON"),
        (json.dumps({"a": "x" * 65_536}), "is too long"),
    ],
)
def test_claims_that_no_token_can_hold(content: str, said: str, run: Run, tmp_path: Path) -> None:
    """Said before anything is asked, and in words."""
    (tmp_path / "claims.json").write_text(content)
    result = run("doctor", "consumer", *UNANSWERED, "--claims", "claims.json")
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())


def test_claims_without_an_end(run: Run) -> None:
    """A device in place of a file: no more is read of it than could be used."""
    arguments = ("--service", "http://127.0.0.1/", "--claims", "/dev/zero")
    result = run("doctor", "consumer", *arguments)
    assert (result.exit_code, "is too long" in result.stderr) == (2, True)


def test_a_service_that_never_answers(run: Run) -> None:
    """Said after `--wait`, with what to look at."""
    nobody = f"http://127.0.0.1:{free_port()}/me"
    arguments = ("--service", nobody, "--listen", "127.0.0.1:0", "--wait", "1")
    result = run("doctor", "consumer", *arguments)
    assert result.exit_code == 1
    assert "did not answer within 1 s" in result.stderr


def test_options_of_the_doctor_are_not_for_consumers(run: Run) -> None:
    """`farstu doctor --json consumer` would print no JSON: told, not ignored."""
    result = run("doctor", "--json", "consumer", "--service", "http://127.0.0.1/")
    assert result.exit_code == 2
    assert "stand after its name" in " ".join(result.stderr.replace("│", " ").split())
