#!/bin/sh
# How every step of an image's build gets Debian packages: packages install|purge|exclude WORD…; packages clean
set -euf
command=$1
shift
case $command in
    install)
        [ $# -gt 0 ] || exit 0
        apt-get update
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
        ;;
    # What a build step alone needed, with what came for its sake.
    purge)
        DEBIAN_FRONTEND=noninteractive apt-get purge -y --auto-remove \
            -o APT::AutoRemove::SuggestsImportant=false -o APT::AutoRemove::RecommendsImportant=false "$@"
        ;;
    # dpkg's patterns of what stays out of the image, of the packages from here on.
    exclude)
        for pattern in "$@"; do echo "path-exclude $pattern"; done >> /etc/dpkg/dpkg.cfg.d/runonce
        ;;
    # No program keeps a set-id bit.
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
