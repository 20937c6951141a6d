/// An amount of CPU, memory or disk: `500m`, `2`, `8Gi`.
///
/// Source: Kubernetes, `apimachinery/pkg/api/resource/quantity.go`.
struct Quantity: Hashable, Sendable {
  let text: String

  init(parsing text: String) throws(FieldFlaw) {
    guard text.wholeMatch(of: /[0-9]{1,15}(\.[0-9]{1,9})?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?/) != nil,
      text.contains(where: { ("1"..."9").contains($0) })
    else { throw FieldFlaw("is no amount; write such as 500m, 2 or 8Gi") }
    self.text = text
  }
}
