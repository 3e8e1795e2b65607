"""The composition root: settings in, a running application out. Reads like a parts list.

`parts` opens what must be opened, `login` puts the login's use-cases together, `endpoints` the HTTP
around them, and `serving` makes one ASGI application of it.
"""

from broker.app.serving import build, opened

__all__ = ["build", "opened"]
