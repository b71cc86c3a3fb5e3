"""The frame of the report: layout, colours, and the script that draws."""

# Nothing may be fetched: the policy forbids it, whatever a chart asks for. (Vega compiles
# its expressions, hence unsafe-eval.)
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:">
<title>Lead Funnel</title>
<style>
:root { color-scheme: light dark; --page: #f4f5f7; --card: #ffffff; --ink: #1c2430;
  --soft: #5b6675; --line: #dde1e7; }
@media (prefers-color-scheme: dark) {
  :root { --page: #12161c; --card: #1b212a; --ink: #e6eaf0; --soft: #9aa6b5; --line: #303947; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.45 system-ui, sans-serif; }
main { max-width: 1240px; margin: 0 auto; padding: 24px 20px 48px; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; }
h1 { font-size: 26px; margin: 0; }
header p, .card > p, dl p { color: var(--soft); }
header p { margin: 0; }
h2 { font-size: 17px; margin: 0 0 2px; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 14px;
  margin: 18px 0; }
dl div, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
dl div { padding: 12px 16px; }
dt { color: var(--soft); font-size: 13px; }
dd { margin: 0; font-size: 26px; font-weight: 600; font-variant-numeric: tabular-nums; }
dl p { margin: 0; font-size: 12.5px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(520px, 100%), 1fr));
  gap: 14px; align-items: start; }
.card { padding: 16px 18px; min-width: 0; }
.card.wide { grid-column: 1 / -1; }
.card > p { margin: 0 0 10px; font-size: 13.5px; max-width: 100ch; }
.wide > .beside { display: grid; gap: 12px 32px; align-items: center;
  grid-template-columns: repeat(auto-fit, minmax(min(480px, 100%), 1fr)); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(340px, 100%), 1fr));
  gap: 12px 24px; align-items: start; }
.charts.pairs { grid-template-columns: repeat(auto-fit, minmax(min(480px, 100%), 1fr)); }
figure { margin: 0; min-width: 0; }
figcaption { font-size: 13px; font-weight: 600; margin-bottom: 4px; }
.chart { width: 100%; color: var(--ink); }
.chart svg { max-width: 100%; }
.table { overflow-x: auto; margin-top: 12px; }
table { border-collapse: collapse; width: 100%; font-size: 13px;
  font-variant-numeric: tabular-nums; }
th { font-weight: 600; color: var(--soft); }
th, td { text-align: right; padding: 4px 0 4px 14px; border-bottom: 1px solid var(--line);
  white-space: nowrap; }
th { white-space: normal; vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
.words { text-align: left; }
footer { margin-top: 18px; color: var(--soft); font-size: 12.5px; }
@media print { body { background: none; } .card, dl div { break-inside: avoid; } }
</style>
</head>
<body>
<main>
<header><h1>Lead Funnel</h1><p>@as_of@</p></header>
<dl>@tiles@</dl>
<div class="cards">@cards@</div>
<footer>Nobody is named: all but one lead's account of points are aggregates,
and no row speaks of one rep.</footer>
</main>
<script type="module">@script@</script>
</body>
</html>
"""

SCRIPT = """
for (const data of document.querySelectorAll('figure > script[type="application/json"]')) {
  const place = data.previousElementSibling;
  vegaEmbed(place, JSON.parse(data.textContent), { actions: false, renderer: 'svg' })
    .catch((error) => { place.textContent = 'This chart could not be drawn: ' + error.message; });
}
"""
