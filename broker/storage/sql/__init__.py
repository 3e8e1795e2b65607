"""The durable ports, and one engine of the transient store, on SQL (SQLAlchemy Core)."""
