import NixModel

extension BuilderPlan {
  /// Everything that would be done, for a person. Secrets are named, and not shown.
  public var text: String {
    var parts: [(title: String, text: String)] = []
    parts.append(
      (
        "Machine",
        """
        provider   \(order.provider)
        region     \(order.region)
        plan       \(order.plan)
        label      \(request.label)
        tags       \(request.tags.joined(separator: ", "))
        deadline   \(order.deadline) s; cost: at most \(wholeHours) times the price of an hour, which `start --apply` asks for
        user data  \(userData.utf8.count) bytes
        """
      ))
    parts.append(
      (
        "Build",
        """
        source     \(order.source ?? "installables")
        targets    \(order.targets.joined(separator: " "))
        to         \(order.destination)
        host key   \(identity.hostKey)
        signed by  \(identity.signingKey ?? "nothing")
        uploads    \(identity.uploadKey ?? "with a key of yours")
        """
      ))
    parts.append(
      (
        "Kernel command line, ours: \(script.commandLine.utf8.count) of \(KernelCommandLine.longest) bytes",
        script.commandLine
      ))
    parts.append(("iPXE script", script.text))
    parts.append(("Unit \(Self.unitName)", unit.text))
    for (name, text) in files.sorted(by: { $0.key < $1.key }) { parts.append(("File \(name)", text)) }
    for (name, what) in secrets.sorted(by: { $0.key < $1.key }) {
      parts.append(("File \(name)", "<\(what)>"))
    }
    return parts.map { "── \($0.title)\n\($0.text.hasSuffix("\n") ? $0.text : $0.text + "\n")" }
      .joined(separator: "\n")
  }

  private var wholeHours: Int { order.deadline / 3600 + (order.deadline % 3600 == 0 ? 0 : 1) }
}
