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

  @Test func `has the lines of builders where they are asked for, and of builders alone`() {
    let drv = "/nix/store/vwr8c4s60nwb670m98d3ww0ahazyz1i2-test.drv"
    let log = """
      @nix {"action":"start","id":1,"type":105,"fields":["\(drv)","",1,1],"parent":0}
      @nix {"action":"result","fields":["hello \\u001b[31mred\\u001b[0m https://me:hunter2@x.example/"],"id":1,"type":101}
      @nix {"action":"result","fields":["of no build"],"id":7,"type":101}
      @nix {"action":"result","fields":[""],"id":1,"type":101}
      @nix {"action":"result","fields":[1,2,0,0],"id":1,"type":105}
      @nix {"action":"stop","id":1}
      @nix {"action":"result","fields":["too late"],"id":1,"type":101}

      """
    func said(_ reader: LogReader) -> [String] {
      Logs.read(Array(log.utf8), reader: reader).0.compactMap { event in
        if case .builderSaid(_, let line) = event.kind { line } else { nil }
      }
    }
    #expect(said(LogReader(reportsBuilders: true)) == ["hello red https://***@x.example/"])
    #expect(said(LogReader(reportsProgress: true)).isEmpty && said(LogReader()).isEmpty)
  }
}
