/opt/runonce/shared/node/install @rescript/runtime
mkdir -p /usr/local/lib/rescript
mv /opt/runonce/linux/bin/bsc.exe /opt/runonce/linux/bin/rescript.exe /usr/local/lib/rescript/
rm -r /opt/runonce/linux
chmod +x /usr/local/lib/rescript/*
ln -s /opt/runonce/language/rescript /usr/local/bin/rescript
