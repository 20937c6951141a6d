# Proofs on a timer, figures for a scraper, and a store that does not grow for ever.
#
#   services.warmth = {
#     enable = true;
#     proofs.kvm = { profile = "kvm-vm-test"; policy = ./warmth.yaml; calendar = "hourly"; };
#     metrics.file = "/var/lib/prometheus-node-exporter/warmth.prom";
#     prune.olderThan = "180d";
#   };
self:
{ config, lib, pkgs, utils, ... }:

let
  inherit (lib) mkEnableOption mkIf mkOption types optional;
  cfg = config.services.warmth;
  program = "${cfg.package}/bin/warmth";
  command = arguments: utils.escapeSystemdExecArgs arguments;

  # A service that can neither write elsewhere nor gain rights.
  hardened = {
    Type = "oneshot";
    User = "warmth";
    Group = "warmth";
    StateDirectory = "warmth";
    StateDirectoryMode = "0750";
    UMask = "0027";
    NoNewPrivileges = true;
    PrivateTmp = true;
    ProtectHome = true;
    ProtectSystem = "strict";
    ProtectKernelTunables = true;
    ProtectKernelModules = true;
    ProtectControlGroups = true;
    RestrictSUIDSGID = true;
    LockPersonality = true;
    CapabilityBoundingSet = "";
  };

  proof = name: proof: {
    description = "Prove that ${name} is warm";
    after = [ "network-online.target" ];
    wants = [ "network-online.target" ];
    path = [ config.nix.package ];
    environment.WARMTH_EVIDENCE = cfg.evidence;
    serviceConfig = hardened // {
      ExecStart = lib.concatStringsSep " " (
        [ (command [ program "prove" "--isolated" ]) ]
        # systemd puts the directory of credentials in place of %d, which must not be escaped.
        ++ optional (cfg.signKey != null) "--sign-key %d/key"
        ++ [
          (command (
            optional (proof.profile != null) "--profile=${proof.profile}"
            ++ optional (proof.policy != null) "--policy=${proof.policy}"
            ++ proof.arguments ++ [ "--" ] ++ proof.installables
          ))
        ]
      );
      LoadCredential = optional (cfg.signKey != null) "key:${cfg.signKey}";
      # Cold and inconclusive are answers, and recorded. Whoever wants to be woken by them asks the figures.
      SuccessExitStatus = [ 1 2 ];
    };
  };

  timer = calendar: {
    wantedBy = [ "timers.target" ];
    timerConfig = { OnCalendar = calendar; Persistent = true; RandomizedDelaySec = "1m"; };
  };
in
{
  options.services.warmth = {
    enable = mkEnableOption "proofs that Nix binary caches are warm";

    package = mkOption {
      type = types.package;
      default = self.packages.${pkgs.stdenv.hostPlatform.system}.warmth;
      description = "The program.";
    };

    evidence = mkOption {
      type = types.path;
      default = "/var/lib/warmth/warmth.sqlite";
      description = "The evidence store.";
    };

    signKey = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "The file of the secret key that signs proofs, outside of the Nix store.";
    };

    proofs = mkOption {
      default = { };
      description = "Proofs on a timer.";
      type = types.attrsOf (types.submodule {
        options = {
          installables = mkOption { type = types.listOf types.str; default = [ ]; description = "The targets."; };
          profile = mkOption { type = types.nullOr types.str; default = null; description = "A profile of targets."; };
          policy = mkOption { type = types.nullOr types.path; default = null; description = "The policy."; };
          arguments = mkOption { type = types.listOf types.str; default = [ ]; description = "Further arguments."; };
          calendar = mkOption { type = types.str; default = "hourly"; description = "When, as systemd.time has it."; };
        };
      });
    };

    metrics = {
      file = mkOption {
        type = types.nullOr types.path;
        default = null;
        description = "The file for a textfile collector. Its directory must let the group warmth write.";
      };
      calendar = mkOption { type = types.str; default = "*:0/5"; description = "When."; };
    };

    prune = {
      olderThan = mkOption {
        type = types.nullOr types.str;
        default = null;
        description = "The age at which records are dropped, such as 180d.";
      };
      calendar = mkOption { type = types.str; default = "daily"; description = "When."; };
    };
  };

  config = mkIf cfg.enable {
    environment.systemPackages = [ cfg.package ];
    users.users.warmth = { isSystemUser = true; group = "warmth"; };
    users.groups.warmth = { };

    systemd.services =
      lib.mapAttrs' (name: value: lib.nameValuePair "warmth-prove-${name}" (proof name value)) cfg.proofs
      // lib.optionalAttrs (cfg.metrics.file != null) {
        warmth-metrics = {
          description = "Figures of warmth for a scraper";
          environment.WARMTH_EVIDENCE = cfg.evidence;
          serviceConfig = hardened // {
            ExecStart = command [ program "metrics" "--output" cfg.metrics.file ];
            ReadWritePaths = [ (builtins.dirOf cfg.metrics.file) ];
          };
        };
      }
      // lib.optionalAttrs (cfg.prune.olderThan != null) {
        warmth-prune = {
          description = "Drop old records of warmth";
          environment.WARMTH_EVIDENCE = cfg.evidence;
          serviceConfig = hardened // {
            ExecStart = command [ program "audit" "prune" "--older-than" cfg.prune.olderThan ];
          };
        };
      };

    systemd.timers =
      lib.mapAttrs' (name: value: lib.nameValuePair "warmth-prove-${name}" (timer value.calendar)) cfg.proofs
      // lib.optionalAttrs (cfg.metrics.file != null) { warmth-metrics = timer cfg.metrics.calendar; }
      // lib.optionalAttrs (cfg.prune.olderThan != null) { warmth-prune = timer cfg.prune.calendar; };
  };
}
