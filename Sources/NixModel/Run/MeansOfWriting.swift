public struct MeansOfWriting: Hashable, Sendable, Codable { public var countsAsWriting: Bool { true } }
