# The NixOS that a builder switches to: the image that it booted, with logs that can be read over a tunnel, and a Nix
# that queues each build for upload. `run` lays settings.json and nix.conf beside this file.
{ config, lib, modulesPath, pkgs, ... }:

let
  settings = builtins.fromJSON (builtins.readFile ./settings.json);
  gateway = 19531;
in
{
  # File systems stay as the image has them.
  imports = [ (modulesPath + "/installer/netboot/netboot-minimal.nix") ];

  system.stateVersion = config.system.nixos.release;
  environment.systemPackages = [ pkgs.cryptsetup pkgs.curl pkgs.git ];

  # Read-only access to the journal. It goes through ssh, unless the operator wants it public: nixpkgs builds the
  # gateway without TLS.
  services.journald.gateway.enable = true;
  systemd.sockets.systemd-journal-gatewayd.listenStreams =
    lib.mkForce [ "" (if settings.publicLogs then toString gateway else "127.0.0.1:${toString gateway}") ];
  networking.firewall.allowedTCPPorts = lib.optional settings.publicLogs gateway;

  # The host key is in the bootstrap, so that the operator knows it before the machine exists. Nobody can log in: a
  # watcher's key opens a tunnel to the gateway.
  services.openssh = {
    enable = true;
    hostKeys = lib.mkForce [ { path = "/run/warmth/host-key"; type = "ed25519"; } ];
    settings = {
      PasswordAuthentication = false;
      KbdInteractiveAuthentication = false;
      PermitRootLogin = lib.mkForce "no";
    };
  };
  users.groups.watch = { };
  users.users.watch = {
    isSystemUser = true;
    group = "watch";
    shell = "/bin/sh";
    openssh.authorizedKeys.keys = settings.watchers;
  };
  services.getty.autologinUser = lib.mkForce null;

  # The hook, the signing key, and the caches to take from.
  nix.extraOptions = builtins.readFile ./nix.conf;
  # Builds cannot read the bootstrap from the provider's metadata service.
  systemd.services.nix-daemon.serviceConfig.IPAddressDeny = "169.254.169.254";
}
