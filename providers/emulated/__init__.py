"""Development only: imitations of the upstream identity providers, faults and oddities included.

One application (`app.build`) stands in for Microsoft, Google, Facebook, Yahoo and a plain OpenID
Provider. It shares no code with the connectors, so that a mistake there cannot hide here, and it
refuses to start anywhere but on loopback. The runtime image does not hold it.
"""
