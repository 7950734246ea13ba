ln -s /opt/runonce/node-linux/bin/node /usr/local/bin/node
