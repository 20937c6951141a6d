import NixModel
import Reporting

/// A whole document: one file without a script, which fetches nothing.
struct Page {
  /// The title of the window.
  let title: String
  /// The kind of record: `Proof`.
  let kind: String
  /// The record's name.
  let record: String
  /// The answer.
  let mark: Mark
  /// The answer's word.
  let answer: String
  /// A sentence about it.
  let summary: HTML
  /// Facts about it.
  let facts: HTML
  /// The sections, in order.
  let sections: [HTML]
  /// How to see the same elsewhere.
  let footing: HTML

  /// The document, ending with a newline.
  ///
  /// The policy lets nothing but the file's own style apply, whatever texts of others might hold.
  var html: HTML {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
    <meta name="color-scheme" content="light dark">
    <meta name="generator" content="warmth">
    <title>\(title)</title>
    <style>
    \(Self.style)
    </style>
    </head>
    <body class="\(mark.rawValue)">
    <a class="skip" href="#content">Skip to the content</a>
    <header>
    <p class="over"><span>warmth</span> <span>\(kind)</span> <span class="id">\(record)</span></p>
    <h1>\(mark.shape)\(answer)</h1>
    <p class="summary">\(summary)</p>
    \(facts)</header>
    <main id="content">
    \(sections)</main>
    <footer>
    \(footing)</footer>
    </body>
    </html>

    """
  }
}
