# The module with stand-ins for the parts of nixpkgs that it uses: what each service runs. MODULE is its path.
let
  lib = {
    mkEnableOption = text: { };
    mkOption = option: option;
    mkIf = condition: value: if condition then value else { };
    types = { package = 0; path = 0; str = 0; listOf = x: 0; nullOr = x: 0; attrsOf = x: 0; submodule = x: 0; };
    inherit (builtins) concatStringsSep;
    optional = c: v: if c then [ v ] else [ ];
    optionalAttrs = c: v: if c then v else { };
    nameValuePair = name: value: { inherit name value; };
    mapAttrs' = f: set: builtins.listToAttrs (map (n: f n set.${n}) (builtins.attrNames set));
  };
  proof = { installables = [ ]; profile = null; policy = null; arguments = [ ]; calendar = "hourly"; };
  module = import (builtins.getEnv "MODULE") { packages.x.warmth = "/warmth"; } {
    inherit lib;
    pkgs.stdenv.hostPlatform.system = "x";
    # As in nixpkgs: what systemd would expand is escaped.
    utils.escapeSystemdExecArgs = words: builtins.concatStringsSep " " (map (builtins.replaceStrings [ "%" "$" ] [ "%%" "$$" ]) words);
    config = {
      nix.package = "/nix-package";
      services.warmth = {
        enable = true; package = "/warmth"; evidence = "/var/lib/warmth/warmth.sqlite"; signKey = "/run/key";
        proofs.kvm = proof // { profile = "kvm-vm-test"; installables = [ "nixpkgs#hello" ]; };
        metrics = { file = "/m/warmth.prom"; calendar = "*:0/5"; };
        prune = { olderThan = "180d"; calendar = "daily"; };
      };
    };
  };
in
builtins.mapAttrs (name: service: service.serviceConfig.ExecStart) module.config.systemd.services
