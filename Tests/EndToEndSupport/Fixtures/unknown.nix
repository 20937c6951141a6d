# Derivations whose output paths only a build tells. They need features that not every Nix has switched on.
let
  make = arguments: derivation ({
    system = builtins.currentSystem;
    builder = "/bin/sh";
    args = [ "-c" "echo made > $out" ];
  } // arguments);
in
rec {
  floating = make {
    name = "floating-1.0";
    __contentAddressed = true;
    outputHashMode = "recursive";
    outputHashAlgo = "sha256";
  };
  # By its inputs alone it is like any other.
  deferred = make { name = "deferred-1.0"; inherit floating; };
  impure = make { name = "impure-1.0"; __impure = true; };
  # Its path is known, and what Nix builds for it is another derivation, once that of its input is known.
  resolved = make {
    name = "resolved-1.0";
    inherit floating;
    outputHashMode = "flat";
    outputHashAlgo = "sha256";
    outputHash = builtins.hashString "sha256" "made\n";
  };
}
