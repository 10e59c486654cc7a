import ApusToolkit
import Foundation
import Testing

/// Escaping, and pages of graphs that no exporter made.
@Suite struct HTMLTests {
  static let hostile = #"</title><script>alert("1")</script><img src=x onerror='alert(2)'>&amp;"#

  @Test func whatIsInterpolatedIsEscaped() {
    let inner: HTML = "<b>\("a<b>&\"'")</b>"
    let page: HTML = "<p title=\"\("\" onclick=\"")\">\(inner) \(3)</p>"
    #expect(
      page.text
        == "<p title=\"&quot; onclick=&quot;\"><b>a&lt;b&gt;&amp;&quot;&#39;</b> 3</p>")
    #expect(HTML.escaped("a\u{0}\u{1B}b\u{FFFE}\u{9F}\n") == "a\u{FFFD}\u{FFFD}b\u{FFFD}\u{FFFD}\n")
  }

  @Test func longTextIsCut() {
    #expect(HTML.clipped("abc", to: 3) == "abc")
    #expect(HTML.clipped("abcd", to: 3) == "abc…")
  }

  @Test func aPageHoldsItsStyleAndNoOtherProgram() throws {
    let page = HTMLPage(
      title: Self.hostile, body: "<p>\(Self.hostile)</p>", script: "const a = 1 < 2;")
    let read = try PageReader(page.text)
    #expect(read.elements.map(\.name).filter { $0 == "script" }.count == 1)
    #expect(read.elements.filter { $0.name == "img" }.isEmpty)
    #expect(read.text.contains(Self.hostile))
    let policy = read.elements.compactMap { $0.attributes["content"] }.joined()
    #expect(policy.contains("default-src 'none'"))
    #expect(policy.contains("script-src 'sha256-"))
  }
}
