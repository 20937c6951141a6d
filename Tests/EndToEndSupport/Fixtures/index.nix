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
  recipes = map
    (attribute:
      let drv = lab.${attribute}; in {
        inherit ((describe attribute).value) drv name outputs;
        isFixed = drv ? outputHash;
        script = plain (builtins.elemAt drv.drvAttrs.args 1);
        env = builtins.mapAttrs (_: value: plain (toString value))
          (builtins.removeAttrs drv.drvAttrs [ "args" "outputs" ]);
      });
in
{
  paths = builtins.listToAttrs (map describe names);
  # What is needed to build what is published, for `realise`: first what the evaluation of the rest imports.
  imported = recipes [ "expression" ];
  all = recipes published;
}
