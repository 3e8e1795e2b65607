"""`farstu serve`: the broker, in one process or in several."""

from typing import Annotated

import typer

from broker.cli.configuration import ConfigOption

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(
    epilog="Examples: farstu serve --host 0.0.0.0 --port 8000 --workers 2; "
    "a changed configuration: kill -HUP of this process."
)
def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on; else `server.host`.")] = "",
    port: Annotated[
        int | None,
        typer.Option(
            help="Port to listen on; else `server.port`.",
            show_default=False,
            min=0,
            max=65_535,
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Processes that answer; else `server.workers`.",
            show_default=False,
            min=1,
            max=64,
        ),
    ] = None,
    share_port: Annotated[
        bool,
        typer.Option(
            "--share-port",
            help="Let another broker listen on the same port, if it has this option too: to start "
            "the next release before this one is told to stop.",
        ),
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Run the broker until it is told to stop.

    SIGTERM or Ctrl-C: requests under way are finished first (`server.drain_seconds`), after
    `server.leave_seconds` in which `/readyz` already says 503. SIGHUP: the configuration is read
    again; if it is in order it takes force without a request being refused, else the log says why
    not and nothing changes. The log is JSON on standard output, a line an event.
    """
    # Imported here so that help is told without loading the house.
    from broker.cli.serving.reading import reading  # noqa: PLC0415
    from broker.cli.serving.running import run  # noqa: PLC0415

    options = {"host": host, "port": port, "workers": workers}
    if not run(reading(config, options), share_port=share_port):
        raise typer.Exit(1)
