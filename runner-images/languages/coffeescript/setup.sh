/opt/runonce/shared/node/install coffeescript
ln -s ../lib/node_modules/coffeescript/bin/coffee /usr/local/bin/coffee
