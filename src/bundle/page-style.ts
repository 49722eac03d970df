/**
 * How the page looks: light or dark as the reader's system is, on a phone and on paper.
 */

export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#bbb, #555);
  --good: light-dark(#0b5d1e, #7ee2a0); --bad: light-dark(#a40000, #ff9d9d);
  --soft: light-dark(#f2f2f2, #242424); --link: light-dark(#003c8f, #9cc7ff); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif;
  background: light-dark(#fff, #161616); color: light-dark(#1a1a1a, #eaeaea); }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; } h2 { font-size: 1.2rem; margin-top: 2rem; }
code, pre, td, .mono { font-family: ui-monospace, monospace; font-size: .875rem; }
body { overflow-wrap: anywhere; }
code, pre, td, dd { white-space: pre-wrap; unicode-bidi: isolate; }
.verified { color: var(--good); } .tampered, .incomplete { color: var(--bad); }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem; text-align: left;
  vertical-align: top; }
button, input, select { font: inherit; padding: .5rem; min-height: 2.75rem; max-width: 100%;
  border: 1px solid var(--line); border-radius: .25rem; background: var(--soft); color: inherit; }
td button { min-height: 2rem; padding: .1rem .5rem; color: var(--link); text-align: left; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
label { display: block; margin-top: .5rem; } progress { width: 100%; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dt { font-weight: 600; } dd { margin: 0; min-width: 0; }
.bars { display: flex; align-items: end; height: 6rem; border-bottom: 1px solid var(--line); }
.bars div { flex: 1; background: var(--link); margin-right: 1px; }
section.event { background: var(--soft); padding: 1rem; border: 1px solid var(--line); }
svg { display: block; max-width: 100%; height: auto; max-height: 40rem; }
pre { background: var(--soft); padding: .5rem; max-height: 30rem; overflow: auto; }
@media (max-width: 40rem) { thead { display: none; } tr, td { display: block; border: 0; }
  tr { border-bottom: 1px solid var(--line); padding: .5rem 0; } td { padding: .1rem 0; }
  dl { grid-template-columns: 1fr; } }
@media print { :root { color-scheme: light; } .tools, button { display: none; }
  pre { max-height: none; }
  td > button { display: inline; padding: 0; border: 0; background: none; color: inherit; } }
`;
