"""Contrast between two colours (WCAG 2.2, "contrast ratio" and "relative luminance")."""

_LINEAR_BELOW = 0.04045  # the sRGB threshold; WCAG's older 0.03928 gives the same for 8-bit colours


def contrast(foreground: str, background: str) -> float:
    """Return the ratio, 1.0 to 21.0, of two colours written `#rrggbb`; the order is indifferent."""
    lighter, darker = sorted((_luminance(foreground), _luminance(background)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    if channel <= _LINEAR_BELOW:
        return channel / 12.92
    return float(((channel + 0.055) / 1.055) ** 2.4)
