/// Files for containers (`v1 ConfigMap`).
public struct ConfigMap: Encodable, Hashable, Sendable {
  let apiVersion = "v1"
  let kind = "ConfigMap"
  var metadata: ObjectMeta
  /// Always true. The name contains a digest of the content, so the content never has to change, and the
  /// kubelet need not watch it.
  let immutable = true
  var data: StringMap
}
