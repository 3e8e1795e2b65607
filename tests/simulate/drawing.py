"""Curves as SVG: plain lines with axes, the same bytes for the same figures, texts as text.

Every picture has a title and a description for those who do not see it, and lines that differ by
more than their colour.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 900, 460
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 270, 40, 70
_STYLES = (
    ("#0b5c6b", ""), ("#b3450b", "9 4"), ("#5b3a8c", "2 4"),
    ("#1b1f23", "14 4 2 4"), ("#2f7d32", "5 5"), ("#8a6d00", "1 5"),
)  # fmt: skip
_SAID = ' role="img" aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="14"'
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """From where to where, what it says, and which ticks it has."""

    label: str
    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    is_log: bool = False

    def share(self, value: float) -> float:
        """Where a value stands, from 0 to 1."""
        low, high = self.low, self.high
        value = min(max(value, low), high)
        if self.is_log:
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        return (value - low) / (high - low)


@dataclass(frozen=True, slots=True)
class Line:
    """Named points that are joined; or, with `dots`, marked alone.

    `bars` are, for each dot, from where to where it might as well lie.
    """

    name: str
    points: Sequence[Point]
    dots: bool = False
    bars: Sequence[Point] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture: `description` says in words what it shows."""

    title: str
    description: str
    x: Axis
    y: Axis
    lines: Sequence[Line]

    def svg(self) -> str:
        """The file's text."""
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"{_SAID}>',
            f'<title id="t">{escape(self.title)}</title>',
            f'<desc id="d">{escape(self.description)}</desc>',
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
            *self._grid(),
            *(part for number, line in enumerate(self.lines) for part in _line(self, line, number)),
            *self._legend(),
        ]
        return "\n".join([*parts, "</svg>", ""])

    def place(self, point: Point) -> tuple[str, str]:
        """Where a point is drawn."""
        x = _LEFT + self.x.share(point[0]) * (_WIDTH - _LEFT - _RIGHT)
        y = _HEIGHT - _BOTTOM - self.y.share(point[1]) * (_HEIGHT - _TOP - _BOTTOM)
        return f"{x:.1f}", f"{y:.1f}"

    def _grid(self) -> list[str]:
        right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
        parts = []
        for value, text in self.x.ticks:
            x, _ = self.place((value, self.y.low))
            parts += [
                f'<path d="M{x} {_TOP}V{bottom}" stroke="#dde3e6"/>',
                _text(x, f"{bottom + 20}", text, anchor="middle"),
            ]
        for value, text in self.y.ticks:
            _, y = self.place((self.x.low, value))
            parts += [
                f'<path d="M{_LEFT} {y}H{right}" stroke="#dde3e6"/>',
                _text(f"{_LEFT - 8}", f"{float(y) + 5:.1f}", text, anchor="end"),
            ]
        middle = (_LEFT + right) / 2
        return [
            *parts,
            f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="#1b1f23"/>',
            _text(f"{middle:.1f}", f"{bottom + 48}", self.x.label, anchor="middle"),
            _text(f"{_LEFT}", f"{_TOP - 16}", self.y.label, anchor="start"),
        ]

    def _legend(self) -> list[str]:
        parts, left, y = [], _WIDTH - _RIGHT + 20, _TOP + 14
        for number, line in enumerate(self.lines):
            colour, dashes = _STYLES[number % len(_STYLES)]
            parts.append(
                f'<circle cx="{left + 14}" cy="{y}" r="5" fill="{colour}"/>'
                if line.dots
                else f'<path d="M{left} {y}h30" {_stroke(colour, dashes)}/>'
            )
            rows = _in_rows(line.name)
            for row, words in enumerate(rows):
                parts.append(_text(f"{left + 40}", f"{y + 5 + row * 17}", words, anchor="start"))
            y += max(44, len(rows) * 17 + 14)
        return parts


def _line(chart: Chart, line: Line, number: int) -> list[str]:
    colour, dashes = _STYLES[number % len(_STYLES)]
    places = [chart.place(point) for point in line.points]
    if line.dots:
        drawn = [f'<circle cx="{x}" cy="{y}" r="5" fill="{colour}"/>' for x, y in places]
        return [*_bars(chart, line, colour), *drawn]
    path = "L".join(f"{x} {y}" for x, y in places)
    return [f'<path d="M{path}" {_stroke(colour, dashes)}/>']


def _bars(chart: Chart, line: Line, colour: str) -> list[str]:
    parts = []
    for (at, _), (low, high) in zip(line.points, line.bars, strict=False):
        x, bottom = chart.place((at, low))
        _, top = chart.place((at, high))
        left, right = float(x) - 5, float(x) + 5
        parts.append(
            f'<path d="M{x} {bottom}V{top}M{left:.1f} {bottom}H{right:.1f}M{left:.1f} {top}'
            f'H{right:.1f}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        )
    return parts


def _stroke(colour: str, dashes: str) -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'fill="none" stroke="{colour}" stroke-width="2.5"{dashed}'


def _text(x: str, y: str, words: str, *, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="#1b1f23">{escape(words)}</text>'


def _in_rows(words: str) -> list[str]:
    """At most 26 characters a row."""
    rows = [""]
    for word in words.split():
        if len(rows[-1]) + len(word) > 25:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return rows


def decades(low: int, high: int, *, every: int = 1) -> list[tuple[float, str]]:
    """Ticks of a logarithmic axis."""
    return [(10.0**each, _decade(each)) for each in range(low, high + 1, every)]


def _decade(power: int) -> str:
    if power >= 0:
        return f"{10**power:,}"
    return f"{10.0**power:.{-power}f}"
