# The static executable of a release, with its manual and completions. Swift 6.3 is not in nixpkgs, so that it is not
# built from source here.
{ lib, stdenvNoCC, fetchurl, installShellFiles, release }:

let
  system = stdenvNoCC.hostPlatform.system;
  executable = release.executables.${system} or (throw "warmth: there is no executable for ${system}");
in
stdenvNoCC.mkDerivation {
  pname = "warmth";
  inherit (release) version;

  src =
    if executable.url == "" then
      throw "warmth: no release is named in nix/release.json; scripts/release makes one"
    else
      fetchurl { inherit (executable) url sha256; };

  dontUnpack = true;
  # It needs nothing beside it, and has no symbols.
  dontPatchELF = true;
  dontStrip = true;

  installPhase = ''
    runHook preInstall
    install -D -m 755 "$src" "$TMPDIR/warmth"
    "$TMPDIR/warmth" install --system --prefix "$out"
    runHook postInstall
  '';

  meta = {
    description = "Proof that a Nix binary cache is warm";
    license = lib.licenses.asl20;
    mainProgram = "warmth";
    platforms = builtins.attrNames release.executables;
    sourceProvenance = [ lib.sourceTypes.binaryNativeCode ];
  };
}
