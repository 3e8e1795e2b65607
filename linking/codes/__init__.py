"""Codes that are sent to the contact on file: asked for, sent, and typed in as a proof."""
