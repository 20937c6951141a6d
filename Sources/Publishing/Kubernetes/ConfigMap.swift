/// Files for containers (`v1 ConfigMap`).
public struct ConfigMap: Encodable, Hashable, Sendable {
  let apiVersion = "v1"
  let kind = "ConfigMap"
  var metadata: ObjectMeta
  /// Its name tells its content, so nobody has to change it; and the kubelet need not watch it.
  let immutable = true
  var data: StringMap
}
