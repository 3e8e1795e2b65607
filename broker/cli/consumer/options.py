"""The options of `farstu doctor consumer`, as `--help` shows them."""

from pathlib import Path
from typing import Annotated

import typer

from keys import Algorithm

ServiceOption = Annotated[
    str,
    typer.Option(
        metavar="URL",
        help="A path of the service, asked for with GET, that needs an access token.",
    ),
]
AudienceOption = Annotated[
    str, typer.Option(help="The service's audience; else the origin of --service.")
]
ListenOption = Annotated[
    str, typer.Option(metavar="HOST:PORT", help="Where this command plays the issuer.")
]
IssuerOption = Annotated[
    str,
    typer.Option(
        metavar="URL",
        help="The issuer as the service knows it, where a proxy with TLS stands before it;"
        " else http:// and --listen.",
    ),
]
AlgorithmOption = Annotated[
    Algorithm, typer.Option(help="What the service's tokens are signed with.")
]
ScopeOption = Annotated[str, typer.Option(help="Scopes of a good token.")]
ClaimsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="A JSON object of claims that a good token has besides, such as"
        " authorization_details.",
    ),
]
AcceptsOption = Annotated[
    str,
    typer.Option(
        metavar="STATUSES", help="What the service answers to a good token; else any 2xx."
    ),
]
MaxAgeOption = Annotated[
    int,
    typer.Option(
        min=1,
        max=86400,
        help="Seconds for which keys may be kept; a key that is taken away is watched for so long"
        " and --patience more.",
    ),
]
PatienceOption = Annotated[
    int,
    typer.Option(
        min=1, max=86400, help="Seconds to wait for a change of keys to be noticed, each time."
    ),
]
WaitOption = Annotated[
    int, typer.Option(min=1, max=86400, help="Seconds to wait for the service to answer.")
]
CaOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A certificate in PEM to trust the service by."),
]
AnywhereOption = Annotated[
    bool, typer.Option("--anywhere", help="Examine a service outside of private networks too.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]
