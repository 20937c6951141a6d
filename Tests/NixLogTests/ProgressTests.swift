import NixLog
import NixModel
import Testing

@Suite struct `Progress` {
  @Test func `is told for each hundredth, for the end, and where a copy begins again`() {
    let path = "/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-qemu-10.0.2"
    let start =
      "@nix {\"action\":\"start\",\"id\":1,\"type\":108,\"fields\":[\"\(path)\",\"http://c\"],\"parent\":0}\n"
      + "@nix {\"action\":\"start\",\"id\":2,\"type\":100,\"fields\":[\"\(path)\",\"http://c\",\"local\"],\"parent\":1}\n"
    let done: [UInt64] = [0, 5, 9, 10, 15, 21, 21, 995, 999, 1000, 1000, 3, 12, 13]
    let results = done.map {
      "@nix {\"action\":\"result\",\"fields\":[\($0),1000,0,0],\"id\":2,\"type\":105}\n"
    }
    let reader = LogReader(reportsProgress: true)
    let (events, _) = Logs.read(Array((start + results.joined()).utf8), reader: reader)
    let told = events.compactMap { event -> UInt64? in
      guard case .progress(_, let done, 1000) = event.kind else { return nil }
      return done
    }
    #expect(told == [10, 21, 995, 1000, 3, 13])
  }
}
