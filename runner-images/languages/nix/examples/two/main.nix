"hello ${import ./name.nix}"
