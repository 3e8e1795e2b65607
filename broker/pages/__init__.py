"""What people see: every page as a typed value, its words in two languages, its looks.

Start at `page` (what all pages share) and `render`. Pages by theme: `choosing`, `verifying`,
`consenting`, `leaving`, `problems`, `explaining`. Knows neither requests nor cookies; endpoints
choose a page, fill it and send what `render` returns under the header that `policy` makes.
"""
