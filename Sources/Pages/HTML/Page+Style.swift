extension Page {
  /// Two inks on paper, and one colour for the answer. Fonts are those of the reader's system.
  static let style: HTML = """
    :root {
      --paper: #fcfbf8; --ink: #1d1c1a; --quiet: #66625b; --rule: #dcd8cf; --wash: #f3f0e9;
      --warm: #a4430b; --cold: #1f5c8c; --open: #5f5a52; --mark: var(--open);
      --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, Charter, Georgia, serif;
      --sans: ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", sans-serif;
      --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #171614; --ink: #ebe7df; --quiet: #a39d92; --rule: #3a3733; --wash: #211f1c;
        --warm: #f4a261; --cold: #8ec3ea; --open: #bdb6aa;
      }
    }
    * { box-sizing: border-box; }
    html { font: 16px/1.55 var(--sans); background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
    body { margin: 0 auto; max-width: 68rem; padding: 2.5rem 1.5rem 4rem; }
    body.warm { --mark: var(--warm); } body.cold { --mark: var(--cold); } body.open { --mark: var(--open); }
    a { color: inherit; text-underline-offset: .15em; text-decoration-thickness: .06em; }
    a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--mark); outline-offset: 3px; }
    .skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem; }
    .over { margin: 0; color: var(--quiet); font-size: .875rem; display: flex; flex-wrap: wrap; gap: 0 1.25rem; }
    .over span:first-child { font-family: var(--serif); font-style: italic; color: var(--ink); }
    .id { font-family: var(--mono); font-size: .8125rem; }
    h1 { font: 400 clamp(2.75rem, 9vw, 4.75rem)/1.05 var(--serif); letter-spacing: -.02em; margin: 1.25rem 0 .5rem; color: var(--mark); display: flex; align-items: center; gap: .22em; }
    h1 .mark { width: .62em; height: .62em; flex: none; }
    .summary { font: 1.1875rem/1.5 var(--serif); margin: 0 0 1.75rem; max-width: 46rem; overflow-wrap: anywhere; }
    h2 { font: 400 1.5rem/1.25 var(--serif); margin: 0 0 1rem; }
    h3 { font: 600 1rem/1.4 var(--sans); margin: 1.75rem 0 .5rem; overflow-wrap: anywhere; }
    section { border-top: 1px solid var(--rule); padding-top: 1.5rem; margin-top: 2.5rem; }
    p { margin: 0 0 .75rem; max-width: 46rem; }
    .note { color: var(--quiet); font-size: .875rem; }
    code, pre, .path, .log td:last-child { font-family: var(--mono); font-size: .84em; }
    code { background: var(--wash); padding: .1em .3em; border-radius: 3px; overflow-wrap: anywhere; }
    pre { background: var(--wash); padding: .75rem 1rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0; }
    .path { overflow-wrap: anywhere; } .hash { color: var(--quiet); }
    .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(15rem, 42%), 1fr)); gap: .875rem 2rem; margin: 0; }
    .facts dt { color: var(--quiet); font-size: .8125rem; } .facts dd { margin: 0; overflow-wrap: anywhere; font-size: .9375rem; }
    .scroll { overflow-x: auto; margin: 0 0 1rem; }
    table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums lining-nums; }
    th { font-weight: 400; color: var(--quiet); text-align: left; font-size: .8125rem; border-bottom: 1px solid var(--rule); }
    th, td { padding: .375rem 1rem .375rem 0; vertical-align: top; } th:last-child, td:last-child { padding-right: 0; }
    td { border-bottom: 1px solid color-mix(in srgb, var(--rule) 55%, transparent); }
    .n { text-align: right; white-space: nowrap; } .nowrap { white-space: nowrap; }
    .badge { display: inline-flex; align-items: center; gap: .4em; white-space: nowrap; font-weight: 600; }
    .badge .mark { width: .8em; height: .8em; flex: none; }
    .badge.warm { color: var(--warm); } .badge.cold { color: var(--cold); } .badge.open { color: var(--open); }
    .reason { border-left: 3px solid var(--open); padding-left: 1.125rem; margin: 0 0 2rem; }
    .reason.cold { border-color: var(--cold); border-left-style: solid; } .reason.open { border-left-style: dashed; }
    .reason h3 { margin-top: 0; } .reason h3 code { background: none; padding: 0; font-size: 1em; }
    .reason dl { display: grid; grid-template-columns: 5.5rem minmax(0, 1fr); gap: .375rem 1rem; margin: 0; font-size: .9375rem; }
    .reason dt { color: var(--quiet); font-size: .875rem; } .reason dd { margin: 0; overflow-wrap: anywhere; }
    ul { margin: 0; padding-left: 1.1rem; } .reason ul { list-style: none; padding: 0; } .reason li + li { margin-top: .25rem; }
    details > summary { cursor: pointer; color: var(--quiet); font-size: .875rem; padding: .25rem 0; }
    details[open] > summary { margin-bottom: .5rem; }
    svg { display: block; } svg text { font: 12px var(--sans); fill: var(--ink); }
    .badge svg, h1 svg { display: inline-block; }
    figure { margin: 0 0 1.25rem; } figcaption { color: var(--quiet); font-size: .875rem; margin-top: .5rem; max-width: 46rem; }
    .lane { fill: color-mix(in srgb, var(--mark) 22%, transparent); stroke: var(--mark); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
    .axis { color: var(--quiet); font-size: .75rem; display: flex; justify-content: space-between; font-variant-numeric: tabular-nums; }
    .bars td { padding-top: .3rem; padding-bottom: .3rem; } .bars .bar { width: 34%; min-width: 9rem; } .bars svg { width: 100%; height: 14px; margin-top: .25rem; overflow: visible; }
    .ground { fill: var(--wash); } .copy { fill: color-mix(in srgb, var(--mark) 45%, var(--paper)); } .build { fill: var(--ink); } .wait { stroke: var(--quiet); stroke-dasharray: 2 3; }
    .chain .copy { fill: var(--mark); }
    .tile { stroke: var(--paper); stroke-width: 2; } .map .size { fill: var(--quiet); } .plate { fill: var(--paper); opacity: .88; }
    .f0 { fill: color-mix(in srgb, var(--mark) 20%, var(--paper)); }
    .ink { stroke: var(--mark); fill: none; stroke-width: 1; } .dot { fill: var(--mark); }
    .swatch { width: 1.75rem; height: 1.125rem; display: inline-block; vertical-align: -.2em; }
    .log td:first-child a, .log td:first-child { color: var(--quiet); font-variant-numeric: tabular-nums; }
    .log tr:target td { background: var(--wash); } .log td:last-child { overflow-wrap: anywhere; white-space: pre-wrap; }
    .many td { padding-top: .15rem; padding-bottom: .15rem; } .many td:first-child { font-family: var(--mono); font-size: .75rem; overflow-wrap: anywhere; }
    footer { border-top: 1px solid var(--rule); margin-top: 3rem; padding-top: 1rem; color: var(--quiet); font-size: .875rem; }
    @media (max-width: 40rem) {
      body { padding: 1.5rem 1rem 3rem; } .reason dl { grid-template-columns: 1fr; gap: 0; } .reason dd { margin-bottom: .5rem; }
      .map .small text, .map .small .plate { display: none; }
      #targets thead { display: none; } #targets td { display: block; border: 0; padding: .125rem 0; } #targets tr { display: block; border-bottom: 1px solid var(--rule); padding: .5rem 0; }
    }
    @media print {
      :root { --paper: #fff; --ink: #000; --quiet: #444; --rule: #bbb; --wash: #f4f4f4; --warm: #8a3806; --cold: #164a73; --open: #444; }
      html { font-size: 10.5pt; } body { max-width: none; padding: 0; } .skip { display: none; }
      section, .reason, tr, figure { break-inside: avoid-page; } section { break-inside: auto; } .scroll { overflow: visible; }
      h2, h3, .note { break-after: avoid-page; } .facts div { break-inside: avoid; }
      details:not(.many)::details-content { content-visibility: visible; height: auto; display: block; } a { text-decoration: none; }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }
    """
}
