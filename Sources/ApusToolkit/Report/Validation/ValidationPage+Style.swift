extension ValidationPage {
  /// The rules of this page's own figures.
  static let style: StaticString = """
    .next{margin-top:1.4rem}
    .notes{background:var(--mark);border-radius:8px;padding:.6rem .8rem .6rem 2rem;margin:1rem 0}
    .share{display:inline-block;min-width:4.5rem;padding:0 .3rem;border-radius:3px;
    background:linear-gradient(to right,var(--bar) var(--share),transparent 0)}
    .worst figure{display:grid;grid-template-columns:minmax(0,60rem) minmax(11rem,1fr);gap:.2rem 1rem;
    margin:0;padding:.8rem 0;border-top:1px solid var(--line)}
    .pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:.5rem;justify-items:center;align-items:start}
    .pair img{display:block;max-width:100%;height:auto}
    .problem{color:var(--cut)}
    .worst figcaption{overflow-wrap:anywhere;min-width:0}
    .worst figcaption .dim{white-space:nowrap}
    .stack{display:flex;height:1.4rem;margin:.8rem 0 .3rem;border-radius:4px;overflow:hidden}
    .stack i{background:currentColor}
    .histogram{display:flex;align-items:flex-end;gap:1px;height:90px;border-bottom:1px solid var(--line)}
    .histogram i{flex:1 1 0;background:var(--bar)}
    .ends{display:flex;justify-content:space-between;font-size:.85rem}
    .command{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--back);border:1px solid var(--line);
    border-radius:6px;padding:.5rem .7rem;margin:0 0 .8rem}
    details{margin-top:.6rem}
    @media (max-width:900px){.worst figure{grid-template-columns:minmax(0,1fr)}}
    @media (max-width:600px){.pair{grid-template-columns:minmax(0,1fr);justify-items:start}}

    """
}
