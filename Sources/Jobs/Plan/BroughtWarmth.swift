/// `warmth` in a pod beside `nixos/nix`: an init container brings the one file into an empty volume. Nothing is
/// installed, and the image's own store stays as it is.
enum BroughtWarmth {
  private static let directory = "/opt/warmth"
  static let program = "\(directory)/warmth"
  static let volume = Volume.scratch("warmth", upTo: nil)
  static let mount = VolumeMount(name: "warmth", mountPath: directory, readOnly: true)

  static func installer(_ image: String, _ resources: Resources?) -> Container {
    Container(
      name: "install-warmth", image: image, command: ["/warmth", "install", directory],
      resources: resources, securityContext: .readOnly,
      volumeMounts: [VolumeMount(name: "warmth", mountPath: directory)])
  }
}
