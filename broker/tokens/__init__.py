"""What we say of a login, signed: claims, minting, reading our own again."""
