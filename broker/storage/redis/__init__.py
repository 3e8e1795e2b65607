"""Redis and Valkey as the transient store: `transient` the verbs, `scripts` what runs there."""
