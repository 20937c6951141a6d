# What the lab holds: every attribute with its derivation and output paths, and which are published.
let
  lab = import ./lab.nix { };
  plain = builtins.unsafeDiscardStringContext;
  unpublished = [ "vm-test" "forger" "slow" "failing" "nosubst" "foreign" ];
  # Floating content-addressed derivations have no path that could be listed.
  names = builtins.filter (name: name != "floating") (builtins.attrNames lab);
  published = builtins.filter (name: !builtins.elem name unpublished) names;
  describe = attribute:
    let drv = lab.${attribute}; in {
      name = attribute;
      value = {
        drv = plain drv.drvPath;
        inherit (drv) name;
        outputs = builtins.listToAttrs (map
          (output: { name = output; value = plain drv.${output}.outPath; })
          drv.outputs);
      };
    };
in
{
  paths = builtins.listToAttrs (map describe names);
  derivations = map (name: plain lab.${name}.drvPath) published;
  outputs = builtins.concatMap
    (name: map (output: plain lab.${name}.${output}.outPath) lab.${name}.outputs)
    published;
}
