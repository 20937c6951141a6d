# Stand-ins for the closures that KVM lanes depend on. They need no nixpkgs and no network, build in
# moments, and keep what matters about the real ones: attribute names differ from derivation names, outputs
# are several, some are not installed by default, and the heavy ones depend on each other.
#
# `salt` changes every hash, for a test that needs paths of its own.
{ salt ? "" }:
let
  make =
    { name
    , outputs ? [ "out" ]
    , script
    , install ? [ "out" ]
    , ...
    }@arguments:
    let
      drv = derivation ({
        inherit name outputs salt;
        system = arguments.system or builtins.currentSystem;
        builder = "/bin/sh";
        PATH = "/usr/bin:/bin";
        args = [ "-e" (builtins.toFile "builder.sh" script) ];
      } // builtins.removeAttrs arguments [ "name" "outputs" "script" "install" ]);
      # As nixpkgs does it: an attribute for each output means that output alone.
      single = output: { name = output; value = drv.${output} // { outputSpecified = true; }; };
    in
    drv // builtins.listToAttrs (map single outputs) // { meta.outputsToInstall = install; };

  libc = make {
    name = "glibc-2.40";
    script = "mkdir $out; echo libc > $out/libc.so";
  };
  heavy = make {
    name = "heavy-compiler-1.0";
    script = "mkdir $out; echo heavy > $out/cc";
  };
in
rec {
  inherit libc heavy;

  libguestfs-appliance = make {
    name = "libguestfs-appliance-1.54.0";
    inherit libc;
    # Long enough to be ended in the middle, as below.
    script = "sleep 2; mkdir $out; echo kernel, needs $libc > $out/kernel";
  };

  libguestfs = make {
    name = "libguestfs-1.54.1";
    outputs = [ "out" "dev" "man" ];
    install = [ "out" "man" ];
    appliance = libguestfs-appliance;
    inherit libc;
    # Long enough to be ended in the middle.
    script = ''
      sleep 2
      mkdir $out $dev $man
      echo "$appliance $libc" > $out/libguestfs.so
      echo "$out" > $dev/guestfs.h
      echo "guestfs(3)" > $man/guestfs.3
    '';
  };

  guestfs-tools = make {
    name = "guestfs-tools-1.54.0";
    libguestfs = libguestfs.out;
    script = "mkdir $out; echo $libguestfs > $out/virt-customize";
  };

  qemu = make {
    name = "qemu-10.0.2";
    outputs = [ "out" "ga" ];
    inherit libc;
    script = ''
      mkdir $out $ga
      echo "$libc" > $out/qemu-system-x86_64
      echo "qemu-ga" > $ga/qemu-ga
    '';
  };

  qemu_kvm = make {
    name = "qemu-host-cpu-only-10.0.2";
    inherit libc;
    script = "mkdir $out; echo $libc > $out/qemu-kvm";
  };

  # Two megabytes that do not compress, so that cutting its archive off in the middle matters.
  big = make {
    name = "big-1.0";
    script = ''
      mkdir $out
      i=0
      while [ $i -lt 100 ]; do
        i=$((i + 1))
        echo $i | sha512sum
      done > $out/seed
      n=0
      while [ $n -lt 30 ]; do
        n=$((n + 1))
        while read -r line rest; do echo "$line $n" | sha512sum; done < $out/seed
      done > $out/data
    '';
  };

  # Its runtime closure is itself; what it is built with is expensive.
  light = make {
    name = "light-1.0";
    compiler = heavy;
    script = "mkdir $out; cat $compiler/cc > /dev/null; echo light > $out/light";
  };

  # Refers to what evaluation adds to the store: a text, and a file.
  noted = make {
    name = "noted-1.0";
    text = builtins.toFile "text" "a text";
    data = builtins.path { name = "data"; path = ./lab.nix; };
    script = "mkdir $out; echo $text $data > $out/notes";
  };

  # What must run on the lane itself, and is in no cache.
  vm-test = make {
    name = "vm-test-run-libguestfs";
    tools = guestfs-tools;
    qemu = qemu_kvm;
    script = "mkdir $out; cat $tools/virt-customize $qemu/qemu-kvm > $out/log";
  };

  # Prints what Nix would print if it copied, in every way a builder can.
  forger = make {
    name = "forger-1.0";
    claimed = builtins.unsafeDiscardStringContext "${qemu}";
    script = ''
      echo "copying path '$claimed' from 'http://forged.example'..." >&2
      echo "copying path '$out' from 'http://forged.example'..." >&2
      echo '@nix {"action":"msg","level":3,"msg":"copying path '"'$out'"' from '"'http://forged.example'"'..."}' >&2
      echo '@nix {"action":"start","id":1,"level":3,"type":101,"text":"copying path '"'$out'"' from '"'http://forged.example'"'","fields":["'$out'","http://forged.example","local"]}' >&2
      echo '@nix {"action":"start","id":2,"level":3,"type":100,"text":"copying path","fields":["'$out'","http://forged.example","local"]}' >&2
      mkdir $out
      echo forged > $out/file
    '';
  };

  slow = make {
    name = "slow-1.0";
    script = "sleep 600; mkdir $out";
  };

  failing = make {
    name = "failing-1.0";
    script = "echo it cannot be built >&2; exit 3";
  };

  # Nix never asks a cache for it.
  nosubst = make {
    name = "nosubst-1.0";
    allowSubstitutes = false;
    script = "mkdir $out; echo local > $out/file";
  };

  # Its path follows from its content, so it needs no signature.
  fetched = make {
    name = "source-1.0";
    outputHashMode = "recursive";
    outputHashAlgo = "sha256";
    outputHash = "1fh8i0lz2kr7w0mfxsr9py36j1xc43kj3gvk529dj1qq8jxfy0sb";
    script = "echo source > $out";
  };

  # Its path is known only once it has been built. It needs a feature that not every Nix has switched on.
  floating = make {
    name = "floating-1.0";
    __contentAddressed = true;
    outputHashMode = "recursive";
    outputHashAlgo = "sha256";
    script = "echo floating > $out";
  };

  # Evaluating the second needs the first to be built (import from derivation).
  expression = make {
    name = "expression.nix";
    script = "sleep 2; echo '\"generated-1.0\"' > $out";
  };
  generated = make {
    name = import "${expression}";
    script = "mkdir $out; echo generated > $out/file";
  };

  # For a machine that this one is not.
  foreign = make {
    name = "foreign-1.0";
    system = if builtins.currentSystem == "aarch64-linux" then "x86_64-linux" else "aarch64-linux";
    script = "mkdir $out; echo foreign > $out/file";
  };
}
