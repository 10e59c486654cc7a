import ApusDigest
import Foundation

/// A page that stands for itself: nothing in it is fetched from anywhere.
///
/// Its style follows the reader's choice of light or dark, and reads from 400 pixels of width on. The
/// policy in its head has a browser refuse whatever is not in the page.
package struct HTMLPage: Sendable {
  /// The title of the window.
  package var title: String
  /// What stands in the body.
  package var body: HTML
  /// Rules beside those every page has.
  package var style: StaticString
  /// A program that runs when the page is read; empty for none.
  ///
  /// It must not hold `]]>` nor `</script`.
  package var script: StaticString
  /// Whether the page shows pictures, all of them inside itself as `data:` addresses.
  package var hasPictures: Bool

  /// A page of the given parts.
  package init(
    title: String, body: HTML, style: StaticString = "", script: StaticString = "",
    hasPictures: Bool = false
  ) {
    self.title = title
    self.body = body
    self.style = style
    self.script = script
    self.hasPictures = hasPictures
  }

  /// The whole document.
  package var text: String {
    // The same text is a comment around a CDATA section to XML, and a comment alone to HTML.
    let open: StaticString = "//<![CDATA[\n"
    let close: StaticString = "\n//]]>"
    let program = "\(open)\(script)\(close)"
    let hash = Self.base64(hexadecimal: Digest.sha256(Array(program.utf8)))
    let policy =
      "default-src 'none'; \(hasPictures ? "img-src data:; " : "")style-src 'unsafe-inline'; script-src "
      + (script.utf8CodeUnitCount == 0 ? "'none'" : "'sha256-\(hash)'")
    let run: HTML =
      script.utf8CodeUnitCount == 0
      ? ""
      : "<script>\(HTML(stringLiteral: open))\(HTML(stringLiteral: script))\(HTML(stringLiteral: close))</script>"
    let page: HTML = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta http-equiv="Content-Security-Policy" content="\(policy)"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <title>\(HTML.clipped(title))</title>
      <style>\(HTML(stringLiteral: Self.style))\(HTML(stringLiteral: style))</style>
      </head>
      <body>
      \(body)
      \(run)
      </body>
      </html>

      """
    return page.text
  }

  private static func base64(hexadecimal text: String) -> String {
    var bytes = Data()
    var rest = text[...]
    while rest.count >= 2 {
      bytes.append(UInt8(rest.prefix(2), radix: 16) ?? 0)
      rest = rest.dropFirst(2)
    }
    return bytes.base64EncodedString()
  }
}
