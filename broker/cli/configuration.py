"""The option that names the configuration file, and the reading of it for a command."""

import os
from pathlib import Path
from typing import Annotated

import typer

from broker.settings.load import config_path, load
from broker.settings.schema import Settings

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        help="The configuration file; else FARSTU_CONFIG, else farstu.toml.",
        show_default=False,
    ),
]


def read_settings(config: Path | None) -> Settings:
    """Return the settings. Raises SettingsInvalid, which the command line puts into words."""
    return load(config_path(config, os.environ), os.environ)
