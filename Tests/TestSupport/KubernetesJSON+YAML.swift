public import Yams

extension JSON {
  /// What a node of YAML stands for.
  public init?(node: Node) {
    switch node {
    case .mapping(let mapping):
      self = .object(
        Dictionary(
          mapping.compactMap { key, value in key.string.flatMap { key in JSON(node: value).map { (key, $0) } }
          }
        ) {
          $1
        })
    case .sequence(let sequence): self = .array(sequence.compactMap(JSON.init(node:)))
    case .scalar(let scalar):
      if scalar.style == .plain, let number = node.int {
        self = .number(number)
      } else if scalar.style == .plain, let flag = node.bool {
        self = .bool(flag)
      } else {
        self = .string(scalar.string)
      }
    case .alias: return nil
    }
  }
}
