import NixModel

/// The value of ``expression(for:throwing:)`` for one derivation, or for something else that was found in its place.
struct Evaluated: Decodable {
  struct Output: Decodable {
    let name: String
    let path: String
  }
  /// The names from the item to it.
  let at: [String]
  let system: String?
  let drvPath: String?
  let outputs: [Output]?
  let selected: [String]?
  /// The type of a value that is no derivation.
  let type: String?
  /// Whether it throws an error.
  let throwsError: Bool?
  /// The names in a set that has too many to go through at once.
  let names: [String]?

  /// How many attributes one process evaluates at most, because it never gives memory back: those of nixpkgs take some
  /// megabytes each.
  static let most = 64

  /// Which outputs are selected follows Nix ≥ 2.9 (`src/libexpr/get-drvs.cc`, `queryOutputs`): an
  /// attribute that names one (`pkg.dev`) means that one, else `meta.outputsToInstall`, else all. Nix 2.8
  /// would take the first alone; asking this way makes all versions agree.
  private static let summary = """
    summary = at: d: {
      inherit at;
      system = d.system or "";
      drvPath = builtins.unsafeDiscardStringContext d.drvPath;
      outputs = map (name: {
        inherit name;
        path = builtins.unsafeDiscardStringContext d.${name}.outPath;
      }) (d.outputs or [ "out" ]);
      selected =
        if d.outputSpecified or false then [ d.outputName ]
        else d.meta.outputsToInstall or d.outputs or [ "out" ];
    };
    isDerivation = d: builtins.isAttrs d && d.type or null == "derivation";
    """

  /// A function of the root, for `nix eval --apply`.
  ///
  /// Sets are taken apart as nix-eval-jobs does it: the named one, and those in it that say
  /// `recurseForDerivations = true`. What throws an error in one is told, and goes on with the rest; an error of
  /// another kind ends the evaluation.
  ///
  /// - Parameters:
  ///   - items: attributes of one root.
  ///   - isAlone: whether an error of the item itself, which is the only one, is to end the evaluation, too.
  ///   - system: the platform of a flake's attributes.
  static func expression(for items: [EvaluationItem], isAlone: Bool, on system: String) -> String {
    let asked = items.map { item in
      "{ path = \(list(item.path)); isNamed = \(item.isNamed); }"
    }.joined(separator: " ")
    let first =
      isAlone
      ? """
      first = item: let d = call (find item.path); in
          if isDerivation d then [ (summary [ ] d) ] else answers item.isNamed [ ] d;
      """
      : "first = item: answers item.isNamed [ ] (find item.path);"
    return """
      root: let
        \(summary)
        \(finding(items.first?.root, on: system))
        answers = isOpen: at: value: let
          d = call value;
          kind = builtins.tryEval (
            if isDerivation d then "derivation"
            else if builtins.isAttrs d && (isOpen || d.recurseForDerivations or false == true) then "set"
            else "other");
          whole = builtins.tryEval (builtins.deepSeq (summary at d) (summary at d));
          names = builtins.attrNames d;
        in
          if !kind.success then [ { inherit at; throwsError = true; } ]
          else if kind.value == "derivation" then
            [ (if whole.success then whole.value else { inherit at; throwsError = true; }) ]
          else if kind.value == "set" then
            if builtins.length names > \(most) then [ { inherit at names; } ]
            else builtins.concatMap (name: answers false (at ++ [ name ]) d.${name}) names
          else if isOpen then [ { inherit at; type = builtins.typeOf d; } ] else [ ];
        \(first)
      in map first [ \(asked) ]
      """
  }

  /// A function of the root that gives the names in an item, where that is a set that is taken apart; otherwise `null`.
  static func names(in item: EvaluationItem, on system: String) -> String {
    """
    root: let
      \(summary)
      \(finding(item.root, on: system))
      d = call (find \(list(item.path)));
    in if builtins.isAttrs d && !isDerivation d && (\(item.isNamed) || d.recurseForDerivations or false)
      then builtins.attrNames d else null
    """
  }

  /// How attributes are found: in a file along their path, with functions called on the way; in a flake below its
  /// usual sets first (Nix, `src/libcmd/installables.cc`, `getDefaultFlakeAttrPathPrefixes`).
  private static func finding(_ root: EvaluationRoot?, on system: String) -> String {
    let call =
      root?.callingFlags.map { flags in
        """
        given = \(flags.automaticArguments);
        call = value: if !builtins.isFunction value then value else let
          wanted = builtins.functionArgs value;
          isAble = builtins.all (name: wanted.${name} || given ? ${name}) (builtins.attrNames wanted);
        in if !isAble then value
          else value (if wanted == { } then given else builtins.intersectAttrs wanted given);
        """
      } ?? "call = value: value;"
    switch root {
    case .flake:
      return """
        \(call)
        has = value: path: path == [ ] || builtins.isAttrs value && value ? ${builtins.head path}
          && has value.${builtins.head path} (builtins.tail path);
        find = path: let
          places = builtins.filter (has root) [
            ([ "packages" \(string(system)) ] ++ path) ([ "legacyPackages" \(string(system)) ] ++ path) path
          ];
        in if places == [ ] then throw "there is no such attribute"
          else builtins.foldl' (value: name: value.${name}) root (builtins.head places);
        """
    case .value, .itself, nil:
      return """
        \(call)
        find = builtins.foldl' (value: name: let called = call value; in
          if builtins.isAttrs called && called ? ${name} then called.${name}
          else throw "there is no such attribute") root;
        """
    }
  }

  private static func list(_ names: [String]) -> String {
    "[ \(names.map(string).joined(separator: " ")) ]"
  }

  private static func string(_ text: String) -> String { EvaluationFlags.string(text) }
}
