"""`farstu serve`: the broker in this process, one worker."""

from typing import Annotated

import typer

from broker.cli.configuration import ConfigOption, read_settings

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


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
    # Imported here so that help, and a broken configuration, are told without loading the house.
    from broker.cli.listening import listen  # noqa: PLC0415

    listen(
        settings,
        host=host or settings.server.host,
        port=settings.server.port if port is None else port,
    )
