extension ModelPage {
  /// The rules of the drawing and of the blocks.
  static let style: StaticString = """
    .figures{grid-template-columns:minmax(0,3fr) minmax(0,2fr);align-items:start}
    .graph{display:block;margin:0 auto}
    .graph .block rect:first-of-type{fill:var(--back);stroke:var(--line)}
    .graph .port rect{fill:none;stroke:var(--dim);stroke-dasharray:2 3}
    .graph .below{opacity:.75}
    .graph .below rect:first-of-type{stroke:var(--cut);stroke-dasharray:4 3}
    .graph a:hover rect:first-of-type,.graph a:focus rect:first-of-type{stroke:var(--accent);stroke-width:2}
    .graph rect.bar{fill:var(--bar);stroke:none}
    .graph .line path{fill:none;stroke:var(--dim);stroke-width:1.3}
    .graph .line.cut path{stroke:var(--cut);stroke-width:2}
    .graph .line path.wide{stroke:transparent;stroke-width:11;pointer-events:stroke}
    .graph .line:hover path:not(.wide){stroke:var(--accent);stroke-width:2.5}
    .graph .cutline path{stroke:var(--cut);stroke-dasharray:7 4;stroke-width:1.6}
    .graph .cutline text{fill:var(--cut);stroke:var(--card);stroke-width:5px;paint-order:stroke}
    .graph .name{font-weight:600}
    .tools{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:.6rem 0}
    .row{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,4fr) minmax(0,5fr) 5.5rem 8.5rem;
    gap:.1rem .8rem;padding:.25rem .4rem;align-items:baseline}
    .row>span{min-width:0;overflow-wrap:anywhere}
    .row.head{color:var(--dim);border-bottom:1px solid var(--line);padding-left:1.7rem}
    summary.row{list-style:none;position:relative;padding-left:1.3rem}
    summary.row::-webkit-details-marker{display:none}
    summary.row::before{content:"▸";position:absolute;left:.3rem;color:var(--dim)}
    details[open]>summary.row::before{content:"▾"}
    summary.row:hover{background:var(--back)}
    #blocks details{border-bottom:1px solid var(--line)}
    #blocks details:last-child{border-bottom:0}
    #blocks details details{margin-left:.9rem}
    .block>summary .name{font-weight:600}
    .node>summary{font-size:.92em}
    .node ul{margin:.2rem 0 .5rem 1.3rem;padding-left:1rem;font-size:.9em}
    .share{background:linear-gradient(to right,var(--bar) var(--share),transparent 0);padding:0 .3rem;
    border-radius:3px}
    .tag{color:var(--cut);font-size:.85em;white-space:nowrap}
    :target>summary{background:var(--mark)}
    [hidden]{display:none!important}
    @media (max-width:900px){.figures{grid-template-columns:minmax(0,1fr)}
    .row{grid-template-columns:minmax(0,1fr) auto;gap:0 .6rem}.row.head{display:none}
    .row>span:nth-child(-n+3){grid-column:1/-1}.row>span:empty{display:none}
    .row>span[data-unit]::after{content:" " attr(data-unit);color:var(--dim);font-size:.85em}
    .row>.number{text-align:left}
    .graph{max-width:100%;min-width:27rem;height:auto}
    #blocks details details{margin-left:.5rem}.tag{white-space:normal}}

    """

  /// What opens, closes, finds and leads to blocks; without it, they open by hand.
  static let script: StaticString = #"""
    'use strict';
    const all = [...document.querySelectorAll('#blocks details')];
    const nodes = all.filter(part => part.classList.contains('node'));
    const blocks = all.filter(part => part.classList.contains('block'));
    const name = part => part.querySelector('.name').textContent.toLowerCase();
    const names = new Map();
    const search = document.getElementById('search');
    const found = document.getElementById('found');
    let openBefore = null;

    document.getElementById('open-blocks').addEventListener('click', () => {
      for (const block of blocks) block.open = true;
    });
    document.getElementById('open-all').addEventListener('click', () => {
      for (const part of all) part.open = true;
    });
    document.getElementById('close-all').addEventListener('click', () => {
      for (const part of all) part.open = false;
    });

    function filter() {
      const text = search.value.trim().toLowerCase();
      if (text && !openBefore) openBefore = new Set(all.filter(part => part.open));
      if (names.size === 0) for (const part of all) names.set(part, name(part));
      for (const part of all) part.hidden = false;
      if (!text) {
        if (openBefore) for (const part of all) part.open = openBefore.has(part);
        openBefore = null;
        found.textContent = nodes.length + ' nodes';
        return;
      }
      const matches = part => names.get(part).includes(text);
      let count = 0;
      for (const node of nodes) {
        const shown = matches(node) || blocksAround(node).some(matches);
        node.hidden = !shown;
        if (shown) count += 1;
      }
      for (const block of blocks.slice().reverse()) {
        block.hidden = ![...block.children].some(part => part.tagName === 'DETAILS' && !part.hidden);
        block.open = !block.hidden;
      }
      found.textContent = count + ' of ' + nodes.length + ' nodes';
    }

    function blocksAround(part) {
      const around = [];
      for (let up = part.parentElement; up && up.tagName === 'DETAILS'; up = up.parentElement) around.push(up);
      return around;
    }

    function show() {
      const part = document.getElementById(location.hash.slice(1));
      if (!part || part.tagName !== 'DETAILS') return;
      if (part.hidden) { search.value = ''; filter(); }
      part.open = true;
      part.scrollIntoView();
      part.querySelector('summary').focus({preventScroll: true});
    }

    search.addEventListener('input', filter);
    addEventListener('hashchange', show);
    // The same block may be asked for twice, which changes no address.
    document.addEventListener('click', event => {
      const link = event.target.closest('a[href^="#"]');
      if (link && link.getAttribute('href') === location.hash) show();
    });
    show();
    """#
}
