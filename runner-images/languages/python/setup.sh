# Programs and tutorials call it python; Debian calls it python3 alone.
ln -s /usr/bin/python3 /usr/local/bin/python
