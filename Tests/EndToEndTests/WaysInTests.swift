import EndToEndSupport
import Foundation
import Subprocess
import Testing

/// The action and the component, as a forge takes them: by the schemas of the forges, and by running their scripts.
@Suite struct `A way in` {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  @Test func `is what the forges' schemas ask for, and its scripts are clean`() async throws {
    let shell = try Shell()
    defer { shell.remove() }
    let answer = try await shell.run(
      """
      set -e
      readers=${XDG_CACHE_HOME:-$2/.cache}/warmth/readers-2/bin
      "$readers/check-jsonschema" --builtin-schema vendor.github-actions "$1/action.yml"
      "$readers/check-jsonschema" --builtin-schema vendor.github-workflows "$1/nix/template/.github/workflows/warm.yml"
      "$readers/python3" -c '
      import json, sys, yaml
      spec, jobs = yaml.safe_load_all(open(sys.argv[1]))
      asked = set(spec["spec"]["inputs"])
      used = set(__import__("re").findall(r"\\$\\[\\[ inputs\\.(\\w+) \\]\\]", open(sys.argv[1]).read()))
      assert asked == used, asked ^ used
      json.dump({"warm": jobs["$[[ inputs.job ]]"]}, open("component.json", "w"))
      action = yaml.safe_load(open(sys.argv[2]))
      for number, step in enumerate(s for s in action["runs"]["steps"] if "run" in s):
          # Whatever comes from outside comes as a variable.
          assert "${{" not in step["run"], step["name"]
          open(f"step-{number}.sh", "w").write("#!/bin/bash\\n" + step["run"])
      ' "$1/templates/warm.yml" "$1/action.yml"
      "$readers/check-jsonschema" --builtin-schema vendor.gitlab-ci component.json
      shellcheck step-*.sh
      """, [Self.root, NSHomeDirectory()])
    #expect(answer.exit == .exited(0), "\(answer)")
  }

  @Test func `is a flake whose module runs what it should`() async throws {
    let shell = try Shell()
    defer { shell.remove() }
    let answer = try await shell.run(
      """
      set -e
      for file in "$1"/flake.nix "$1"/nix/*.nix; do nix-instantiate --parse "$file" > /dev/null; done
      MODULE=$1/nix/module.nix nix-instantiate --eval --strict --json --readonly-mode \
        "$1/Tests/EndToEndSupport/Fixtures/module.nix"
      """, [Self.root])
    for words in [
      #""warmth-prove-kvm":"/warmth/bin/warmth prove --isolated --sign-key %d/key --profile=kvm-vm-test -- nixpkgs#hello""#,
      #""warmth-metrics":"/warmth/bin/warmth metrics --output /m/warmth.prom""#,
      #""warmth-prune":"/warmth/bin/warmth audit prune --older-than 180d""#,
    ] { #expect(answer.output.contains(words), "\(words): \(answer)") }
  }

  @Test func `proves, and takes no input for a script`() async throws {
    let shell = try Shell()
    defer { shell.remove() }
    let answer = try await shell.run(
      """
      "${XDG_CACHE_HOME:-$2/.cache}/warmth/readers-2/bin/python3" -c '
      import sys, yaml
      for number, step in enumerate(s for s in yaml.safe_load(open(sys.argv[1]))["runs"]["steps"] if "run" in s):
          open(f"step-{number}.sh", "w").write(step["run"])
      ' "$1/action.yml"
      export RUNNER_TEMP=$PWD/temp GITHUB_PATH=$PWD/path GITHUB_OUTPUT=$PWD/output GITHUB_STEP_SUMMARY=$PWD/summary
      INPUT_PROGRAM="" INPUT_URL=http://x INPUT_SHA256="" bash step-0.sh; echo "refused $?"
      INPUT_PROGRAM=$WARMTH INPUT_URL="" INPUT_SHA256="" bash step-0.sh; echo "installed $?"
      export INPUT_PROFILE="" INPUT_POLICY="" INPUT_ARGUMENTS="$(printf '%s\\n' --nix /none)"
      INPUT_INSTALLABLES='nixpkgs#a$(touch pwned)`touch pwned`"; touch pwned #' GITHUB_ACTIONS=true bash step-1.sh; echo "proved $?"
      RUN=$(sed -n s/^run=//p output) bash step-2.sh; echo "page $?"
      cat path; ls . temp/warmth/results
      """, [Self.root, NSHomeDirectory()])
    for words in [
      "must be an address that begins with https://", "refused 64", "installed 0", "proved 2", "page 0",
      "temp/warmth/bin",
      "run.warmth-bundle", "report.html", "junit.xml", "summary.md",
    ] { #expect(answer.output.contains(words), "\(words): \(answer)") }
    #expect(!answer.output.contains("pwned\n"), "\(answer)")
  }
}
