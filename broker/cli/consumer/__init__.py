"""`farstu doctor consumer`: how a service checks our access tokens, found out from outside.

The command plays an issuer with throw-away keys, and asks the service with good tokens and bad.
No configuration and no database of ours is read.
"""
