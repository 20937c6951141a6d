/// A pod (`v1 PodSpec`).
struct PodSpec: Encodable, Hashable, Sendable {
  let restartPolicy = "Never"
  var serviceAccountName: String?
  /// No program of ours talks to the API server from a pod, so none needs a token.
  let automountServiceAccountToken = false
  let enableServiceLinks = false
  var imagePullSecrets: [LocalReference]?
  var nodeSelector: StringMap?
  var tolerations: [Toleration]?
  var securityContext: PodSecurityContext?
  var initContainers: [Container]?
  var containers: [Container]
  var volumes: [Volume]
}

struct LocalReference: Encodable, Hashable, Sendable {
  var name: String
}

struct Toleration: Encodable, Hashable, Sendable {
  var key: String
  var `operator`: String
  var value: String?
  var effect: String?
}

struct PodSecurityContext: Encodable, Hashable, Sendable {
  var runAsNonRoot: Bool?
  var runAsUser: Int?
  var runAsGroup: Int?
  var fsGroup: Int?
  var seccompProfile: SeccompProfile?
}

struct SeccompProfile: Encodable, Hashable, Sendable {
  var type: String

  static let runtimeDefault = SeccompProfile(type: "RuntimeDefault")
}

/// A volume: a file system of a pod.
struct Volume: Encodable, Hashable, Sendable {
  var name: String
  var emptyDir: EmptyDir?
  var hostPath: HostPath?
  var configMap: ConfigMapSource?
  var secret: SecretSource?

  struct EmptyDir: Encodable, Hashable, Sendable {
    var sizeLimit: String?
  }

  struct HostPath: Encodable, Hashable, Sendable {
    var path: String
    var type: String
  }

  struct ConfigMapSource: Encodable, Hashable, Sendable {
    var name: String
    /// A file mode in decimal, because JSON has no octal numbers.
    var defaultMode: Int
  }

  struct SecretSource: Encodable, Hashable, Sendable {
    var secretName: String
    var items: [Item]
    var defaultMode: Int

    struct Item: Encodable, Hashable, Sendable {
      var key: String
      var path: String
    }
  }

  /// Keys of a Secret as files, which only root can read.
  ///
  /// - Parameter files: pairs of a key and a file's name.
  static func secret(_ name: String, _ secret: String, _ files: KeyValuePairs<String, String>) -> Volume {
    Volume(
      name: name,
      secret: SecretSource(
        secretName: secret, items: files.map { SecretSource.Item(key: $0.key, path: $0.value) },
        defaultMode: 0o400))
  }

  static func scratch(_ name: String, upTo size: Quantity?) -> Volume {
    Volume(name: name, emptyDir: EmptyDir(sizeLimit: size?.text))
  }

  static func files(_ name: String, of configMap: String) -> Volume {
    Volume(name: name, configMap: ConfigMapSource(name: configMap, defaultMode: 0o444))
  }

  /// The node's KVM device. Because of the type, the kubelet refuses a node without it before anything
  /// starts.
  static let kvm = Volume(name: "kvm", hostPath: HostPath(path: "/dev/kvm", type: "CharDevice"))
}
