"""The table of paths is the only one, and every door in it answers as itself."""

from pathlib import Path

from tests.house import TestHouse

ROOT = Path(__file__).parents[2]


def test_only_the_table_registers_routes() -> None:
    """Outside the table, the demo and the emulated upstreams, nobody makes a Route."""
    for path in (ROOT / "broker").rglob("*.py"):
        if path.name != "routes.py" and "dev" not in path.parts:
            assert "Route(" not in path.read_text(), path


async def test_every_door_answers_without_a_fault(house: TestHouse) -> None:
    """An empty GET and POST on every path is refused kindly or served, never a fault of ours."""
    paths = [
        "/", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server",
        "/jwks", "/authorize", "/token", "/userinfo", "/logout", "/flow", "/flow/choose",
        "/flow/new", "/flow/whose", "/flow/verify", "/flow/done", "/flow/consent", "/flow/leave",
        "/account/not-me", "/account/not-me?t=nothing",
        "/callback/google", "/callback/nobody", "/help", "/help/privacy", "/help/cookies",
        "/help/accessibility", "/help/microsoft-account", "/help/nothing", "/static/nothing.css",
        "/livez", "/readyz", "/nothing",
    ]  # fmt: skip
    async with house.client() as client:
        for path in paths:
            for method in ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"):
                answer = await client.request(method, path)
                assert answer.status_code < 500, f"{method} {path} {answer.status_code}"
                assert "Traceback" not in answer.text
