"""The commands of `farstu keys`, one module for each thing that can be asked or done."""
