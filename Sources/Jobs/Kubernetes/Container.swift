/// A container of a pod (`v1 Container`).
struct Container: Encodable, Hashable, Sendable {
  var name: String
  var image: String
  var command: [String]
  var args: [String]?
  var env: [EnvironmentVariable]?
  var envFrom: [EnvironmentSource]?
  var resources: Resources?
  var securityContext: SecurityContext?
  /// If a container left no termination message, the end of its log is used.
  let terminationMessagePolicy = "FallbackToLogsOnError"
  var volumeMounts: [VolumeMount]?

  /// Escapes an argument, so that the program gets it unchanged. The kubelet replaces `$(NAME)` by the value
  /// of a variable, and `$$` by `$`.
  static func literal(_ argument: String) -> String { argument.replacing("$", with: "$$") }
}

/// All keys of a Secret as variables.
struct EnvironmentSource: Encodable, Hashable, Sendable {
  var secretRef: LocalReference
}

struct EnvironmentVariable: Encodable, Hashable, Sendable {
  var name: String
  var value: String?
  var valueFrom: Source?

  struct Source: Encodable, Hashable, Sendable {
    var fieldRef: FieldReference?
    var secretKeyRef: SecretKey?
  }

  struct FieldReference: Encodable, Hashable, Sendable {
    var fieldPath: String
  }

  static func value(_ name: String, _ value: String) -> EnvironmentVariable {
    EnvironmentVariable(name: name, value: value)
  }

  static func field(_ name: String, _ path: String) -> EnvironmentVariable {
    EnvironmentVariable(name: name, valueFrom: Source(fieldRef: FieldReference(fieldPath: path)))
  }

  static func secret(_ name: String, _ key: SecretKey) -> EnvironmentVariable {
    EnvironmentVariable(name: name, valueFrom: Source(secretKeyRef: key))
  }
}

/// The place of a secret in the cluster: the name of a Secret, and a key in it. The value is never read here.
public struct SecretKey: Encodable, Hashable, Sendable {
  let name: String
  let key: String
}

struct Resources: Encodable, Hashable, Sendable {
  var requests: StringMap?
  var limits: StringMap?
}

struct SecurityContext: Encodable, Hashable, Sendable {
  var privileged: Bool?
  var allowPrivilegeEscalation: Bool?
  var readOnlyRootFilesystem: Bool?
  var capabilities: Capabilities?

  struct Capabilities: Encodable, Hashable, Sendable {
    var drop: [String]
    var add: [String]?
  }
}

struct VolumeMount: Encodable, Hashable, Sendable {
  var name: String
  var mountPath: String
  var readOnly: Bool?
}
