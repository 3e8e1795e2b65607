"""HTTP in, HTTP out: one frozen dataclass per page or protocol endpoint, its parts as fields."""
