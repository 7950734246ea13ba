# Programs do not build derivations. The dummy store computes paths without storing anything, so it needs no writable
# folder.
mkdir -p /etc/nix
printf '%s\n' 'store = dummy://' 'build-users-group =' 'experimental-features = nix-command flakes' > /etc/nix/nix.conf
