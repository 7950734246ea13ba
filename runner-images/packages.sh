#!/bin/sh
# Installs and removes Debian packages in the steps of an image build: packages install|purge|exclude ARGUMENT…;
# packages clean
set -euf
command=$1
shift
case $command in
    install)
        [ $# -gt 0 ] || exit 0
        apt-get update
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
        ;;
    # Removes packages that only a build step needs, and their dependencies.
    purge)
        DEBIAN_FRONTEND=noninteractive apt-get purge -y --auto-remove \
            -o APT::AutoRemove::SuggestsImportant=false -o APT::AutoRemove::RecommendsImportant=false "$@"
        ;;
    # Excludes paths from packages that are installed after this call. The arguments are dpkg path-exclude patterns.
    exclude)
        for pattern in "$@"; do echo "path-exclude $pattern"; done >> /etc/dpkg/dpkg.cfg.d/runonce
        ;;
    # Removes all set-id bits.
    clean)
        set +f
        rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/log/* /tmp/* /var/tmp/* /root/.[!.]*
        find / -xdev -type f -perm /6000 -exec chmod a-s {} +
        ;;
    *)
        echo "packages: no command $command" >&2
        exit 2
        ;;
esac
