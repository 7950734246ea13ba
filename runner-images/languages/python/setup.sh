# Programs and tutorials call it python; Debian calls it python3 alone.
ln -s /usr/bin/python3 /usr/local/bin/python

# Debian's own file looks for apport, which is not here.
mv sitecustomize.py "/etc/python$(python3 -c 'import sysconfig; print(sysconfig.get_python_version())')/sitecustomize.py"

# The warm starter is compiled against this very interpreter.
library=warm/warm.so sources='warm/warm.c warm/heap.c' headers=libpython3-dev command=''
flags=-I$(python3 -c 'import sysconfig; print(sysconfig.get_path("include"))')
. /opt/runonce/shared/preload/make.sh
