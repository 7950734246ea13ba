ln -sf pike8.0 /usr/bin/pike
