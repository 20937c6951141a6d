import Evidence
import Reporting

/// A summary is printed as every document is.
extension PublicationSummary: Document {}
