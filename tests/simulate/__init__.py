"""What guessing brings and what it costs rightful customers, by simulation: `make simulate`."""
