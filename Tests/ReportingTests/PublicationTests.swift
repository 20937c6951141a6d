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

  @Test func `are lists`() throws {
    let records = [SampleLists.record(try SampleLists.publication())]
    #expect(
      PublicationsTable(records, now: Make.instant(10_800)).render() == """
        publication              started                        state   targets           paths  pushed  \
        served  to    host
        20260503T120000Z-abc123  2026-05-03 12:00:00Z, 3 h ago  failed  libguestfs, qemu      2       1  \
             1  main  builder-1

        """)
    #expect(PublicationsTable([], now: Make.instant()).render() == "no publications are recorded\n")
    #expect(
      PublicationsTable([], now: Make.instant(), isFiltered: true).render()
        == "no such publications are recorded\n")
    let lines = PublicationsCSV(records).render().split(separator: "\r\n")
    #expect(
      lines.last
        == "20260503T120000Z-abc123,2026-05-03T12:00:00Z,2026-05-03T12:03:12Z,failed,1,nixpkgs#libguestfs nixpkgs#qemu,builder-1,,2.34.8,attic,main,https://attic.example,https://cache.example/main,nixos/tests,,main,,,,2,1,1,0,0,0,1,1"
    )
    #expect(
      lines.first?.split(separator: ",").count
        == lines.last?.split(separator: ",", omittingEmptySubsequences: false).count)
    let document =
      try JSONSerialization.jsonObject(
        with: Data(PublicationsDocument(records).json().utf8)) as? [String: Any]
    let entry = (document?["publications"] as? [[String: Any]])?.first
    #expect(entry?["alreadyThere"] as? Int == 1 && entry?["notServed"] as? Int == 1)
    #expect(entry?["pod"] is NSNull)
  }

  @Test func `stand among the proofs of a path`() throws {
    let records = try SampleLists.paths(SampleLists.publication())
    let lines = PathsTable(records, now: Make.instant(10_800)).render().split(separator: "\n")
    #expect(lines[1].contains("  target failed   builder-1 to main "), "\(lines[1])")
    #expect(lines[2].contains("  substituted     https://cache.example/main "), "\(lines[2])")
    #expect(lines[3].contains("  pushed, served  builder-1 to main "), "\(lines[3])")
    let rows = PathsCSV(records).render().split(separator: "\r\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(Set(rows.map(\.count)).count == 1)
    #expect(rows[1][6...] == ["", "", "", "failed", "builder-1", "main", "https://cache.example/main"])
    #expect(rows[2][6...].allSatisfy(\.isEmpty) && rows[2][1] == "substituted")
    #expect(
      rows[3][6...] == ["pushed", "true", "output", "", "builder-1", "main", "https://cache.example/main"])
    let document =
      try JSONSerialization.jsonObject(with: Data(PathsDocument(records).json().utf8)) as? [String: Any]
    let entries = try #require(document?["paths"] as? [[String: Any]])
    #expect(entries.map { $0["publication"] is NSNull } == [false, true, false])
    #expect(entries.map { $0["outcome"] as? String } == [nil, "substituted", nil])
    #expect((entries[2]["publication"] as? [String: Any])?["served"] as? Bool == true)
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
      exhibits: [], consequences: [], targets: [try Installable(parsing: "nixpkgs#libguestfs")])
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
        PublicationsTable([SampleLists.record(publication)], now: .now).render(),
        PathsTable(try SampleLists.paths(publication), now: .now).render(),
      ]
      for face in faces {
        #expect(
          face.unicodeScalars.allSatisfy {
            $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7F && $0.value != 0x202E
          })
      }
      for csv in [
        PublicationsCSV([SampleLists.record(publication)]).render(),
        PathsCSV(try SampleLists.paths(publication)).render(),
      ] {
        #expect(!csv.utf8.contains(0x1B) && !csv.utf8.contains(0))
      }
      for json in [
        try PublicationDocument(publication).json(),
        try PublicationsDocument([SampleLists.record(publication)]).json(),
        try PathsDocument(SampleLists.paths(publication)).json(),
      ] { #expect(!json.contains("\\u001b") && !json.contains("\u{202E}") && !json.contains("\\u0000")) }
    }
  }
}
