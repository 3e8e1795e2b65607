"""`farstu keys`: the signing keys, to look at and to change; `broker.cli.keyring` does it."""

import typer

from broker.cli.keyring.history import history
from broker.cli.keyring.listing import list_keys
from broker.cli.keyring.moving import activate, retire, rotate
from broker.cli.keyring.planning import show_plan
from broker.cli.keyring.revoking import revoke
from broker.cli.keyring.rewrapping import rewrap_keys
from broker.cli.keyring.salting import accept_salt
from broker.cli.keyring.verifying import export_public, verify

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")


@app.callback()
def keys() -> None:
    """The signing keys: which there are, what is next, and what to do when one has leaked.

    They replace themselves; `docs/rotating-keys.md` says when to do it by hand.
    """


app.command("list")(list_keys)
app.command("plan")(show_plan)
app.command("history", epilog="Example, for a report: farstu keys history --json")(history)
app.command("rotate", epilog="Example: farstu keys rotate --reason 'a yearly exercise'")(rotate)
app.command("activate", epilog="Example: farstu keys activate 3q2-7wEr --reason 'the other one'")(
    activate
)
app.command("retire", epilog="Example: farstu keys retire 3q2-7wEr --reason 'no longer wanted'")(
    retire
)
app.command(
    "revoke",
    epilog="Example: farstu keys revoke --scope store --dry-run --reason 'a copy was lost'",
)(revoke)
app.command("verify", epilog="Example: farstu keys verify --token < token.txt")(verify)
app.command("export-public", epilog="Example: farstu keys export-public > jwks.json")(export_public)
app.command("accept-salt")(accept_salt)
app.command("rewrap", epilog="Example: farstu keys rewrap --reason 'a new master key'")(rewrap_keys)
