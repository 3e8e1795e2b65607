"""What people type, read as they mean it: numbers, OCR numbers, the second item, mistakes.

Reads only what was typed and what the companies have configured, never the register.
"""
