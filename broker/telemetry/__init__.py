"""What operators see of us: log events of fixed fields. No free text, no personal values."""
