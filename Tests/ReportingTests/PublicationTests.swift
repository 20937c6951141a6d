import Foundation
import NixModel
import TestSupport
import Testing

@testable import Reporting

@Suite struct `A publication's faces` {
  @Test func `are a text that tells what the cache lacks`() throws {
    #expect(
      try PublicationText(SampleLists.publication()).render() == """
        built  nixpkgs#libguestfs in 42.5 s
          out  /nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-libguestfs-1.54.1
        failed  nixpkgs#qemu
          out-of-memory: killed.

        not-served: /nix/store/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-glib-2.80: no narinfo.

        not in the cache afterwards:
          /nix/store/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-glib-2.80  already-there, not served (runtime)

        2 paths: 1 pushed, 1 already there; the read side served 1, and did not serve 1
        publication 20260503T120000Z-abc123: failed, exit code 1, 2026-05-03T12:00:00Z, in 3 min 12 s
        to main (attic), at https://attic.example, read at https://cache.example/main
        by cache-warm.sh 1 on builder-1, Nix 2.34.8, x86_64-linux
        used at most 1.0 GiB of memory (of 4.0 GiB), 1 killed for want of memory
        about nixos/tests, main

        """)
  }

  @Test func `are none where none is recorded`() {
    #expect(Listing.publications(Page([]), now: .now).table() == "no publications are recorded\n")
    #expect(
      Listing.publications(Page([]), now: .now, isFiltered: true).table()
        == "no such publications are recorded\n")
  }

  @Test func `are one sentence beside a cold path`() throws {
    let publication = try SampleLists.publication()
    func sentence(_ number: Int, _ start: Double) -> String {
      PathPublication(publication.paths[number].path, .path(publication.paths[number]), in: publication.head)
        .sentence(besideRunOf: Make.instant(start))
    }
    #expect(
      sentence(0, 10_800)
        == "3 h before this run, on builder-1: pushed to main, and the read side served it then (publication 20260503T120000Z-abc123)"
    )
    #expect(
      sentence(1, -120)
        .hasPrefix(
          "2 min after this run began, on builder-1: found in main already, and the read side did not serve it"
        ))
    #expect(
      PathPublication(publication.paths[0].path, .output(.failed), in: publication.head)
        .sentence(besideRunOf: Make.instant(60)).contains("its target failed, so it was not published"))

    let cause = Cause(
      reason: Reason(.notInSubstituter(path: publication.paths[0].path, caches: [Make.cache]), .cold),
      evidence: [], consequences: [], targets: [try Installable(parsing: "nixpkgs#libguestfs")])
    let explained = ExplainedRun(
      run: try Make.run([]), explanation: Explanation(causes: [cause]),
      publications: [
        publication.paths[0].path: PathPublication(
          publication.paths[0].path, .path(publication.paths[0]), in: publication.head)
      ])
    #expect(
      ExplanationText(explained).render().contains(
        "\n  push  0 s before this run, on builder-1: pushed to main, and the read side served it then ("))
    let document =
      try JSONSerialization.jsonObject(
        with: Data(ExplanationDocument(explained).json().utf8)) as? [String: Any]
    let said = ((document?["causes"] as? [[String: Any]])?.first?["publication"] as? [String: Any])?["said"]
    #expect((said as? [String: Any])?["published"] as? String == "pushed")
  }

  /// What a publisher writes is anybody's text.
  @Test func `say nothing to a terminal, whoever wrote them`() throws {
    for text in Hostile.texts + [Hostile.texts.joined(separator: "\n")] {
      let publication = try SampleLists.publication(text)
      let faces = [
        PublicationText(publication).render(),
        Listing.publications(Page([SampleLists.record(publication)]), now: .now).table(),
        try Listing.paths(Page(SampleLists.paths(publication)), now: .now).table(),
      ]
      for face in faces {
        #expect(
          face.unicodeScalars.allSatisfy {
            $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7F && $0.value != 0x202E
          })
      }
      for csv in [
        Listing.publications(Page([SampleLists.record(publication)]), now: .now).csv(),
        try Listing.paths(Page(SampleLists.paths(publication)), now: .now).csv(),
      ] {
        #expect(!csv.utf8.contains(0x1B) && !csv.utf8.contains(0))
      }
      for json in [
        try Listing.publications(Page([SampleLists.record(publication)]), now: .now).json(),
        try Listing.paths(Page(SampleLists.paths(publication)), now: .now).json(),
      ] { #expect(!json.contains("\\u001b") && !json.contains("\u{202E}") && !json.contains("\\u0000")) }
    }
  }
}
