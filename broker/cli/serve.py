"""`farstu serve`: the broker in this process, one worker."""

from typing import Annotated

import typer

from broker.cli.clock import now
from broker.cli.configuration import ConfigOption, read_settings
from broker.settings.schema import Settings

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")

_DRAIN_SECONDS = 15
_KEEP_ALIVE_SECONDS = 20


@app.command(epilog="Example: farstu serve --host 0.0.0.0 --port 8000")
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; else `server.host`.")] = "",
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; else `server.port`.", show_default=False)
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Run the broker until it is told to stop; requests under way are finished first."""
    settings = read_settings(config)
    _listen(
        settings,
        host=host or settings.server.host,
        port=settings.server.port if port is None else port,
    )


def _listen(settings: Settings, *, host: str, port: int) -> None:
    # Imported here so that help, and a broken configuration, are told without loading the house.
    import uvicorn  # noqa: PLC0415

    from broker.app import build  # noqa: PLC0415
    from broker.endpoints.cookies import Cookies  # noqa: PLC0415
    from broker.middleware.protocol import limited_protocol  # noqa: PLC0415
    from broker.wiring.providers import build_providers  # noqa: PLC0415

    build_providers(settings, clock=now)  # told as problems, before anything is opened
    cookies = Cookies(is_secure=settings.issuer.startswith("https:"))
    uvicorn.run(
        build(settings),
        host=host,
        port=port,
        loop="uvloop",
        http=limited_protocol(cookies.clearing_headers()),
        ws="none",
        lifespan="on",
        proxy_headers=False,  # trusted hops are ours to judge
        access_log=False,  # query strings would be in it
        server_header=False,
        date_header=True,
        log_config=None,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )
