# Nothing is built here: a store that computes paths and keeps nothing needs no folder to write to.
mkdir -p /etc/nix
printf '%s\n' 'store = dummy://' 'build-users-group =' 'experimental-features = nix-command flakes' > /etc/nix/nix.conf
