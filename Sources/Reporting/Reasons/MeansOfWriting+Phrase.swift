import NixModel

// The one place that words a means of writing; its name and place come from preflight.
extension MeansOfWriting {
  /// It as the object of a sentence: `The run held …`.
  var phrase: String { "a means of writing to a cache" }

  /// What to do so that the next run does not hold it.
  var remedy: String {
    "Take it from the proving runner: unset the variable or remove the file that holds it, and prove again "
      + "with a token that may only read (for attic, one with `r` and nothing else)."
  }
}
