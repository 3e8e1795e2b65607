"""The protocol's vocabulary: parameters, errors, clients, PKCE, metadata. No HTTP, no storage."""
