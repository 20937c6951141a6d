{
  description = "Proof that a Nix binary cache is warm";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      # The static executables of a release, by platform, with the hashes of its SHA256SUMS (nix/release.json).
      release = builtins.fromJSON (builtins.readFile ./nix/release.json);
      systems = builtins.attrNames release.executables;
      each = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
    in
    {
      overlays.default = final: previous: {
        warmth = final.callPackage ./nix/package.nix { inherit release; };
      };

      packages = each (pkgs: rec {
        warmth = pkgs.callPackage ./nix/package.nix { inherit release; };
        default = warmth;
      });

      apps = each (pkgs: {
        default = {
          type = "app";
          program = "${self.packages.${pkgs.stdenv.hostPlatform.system}.warmth}/bin/warmth";
          meta.description = "Proof that a Nix binary cache is warm";
        };
      });

      checks = each (pkgs: {
        runs = pkgs.runCommand "warmth-runs" { nativeBuildInputs = [ self.packages.${pkgs.stdenv.hostPlatform.system}.warmth ]; } ''
          warmth --version
          warmth help exit-codes
          man=$(dirname "$(dirname "$(command -v warmth)")")/share/man
          test -s "$man"/man1/warmth-prove.1*
          touch "$out"
        '';
      });

      nixosModules.default = import ./nix/module.nix self;

      templates.default = {
        path = ./nix/template;
        description = "A policy for a lane, and the workflow that proves by it";
      };
    };
}
