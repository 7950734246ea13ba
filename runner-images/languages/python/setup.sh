# Programs and tutorials use the command python, but Debian provides only python3.
ln -s /usr/bin/python3 /usr/local/bin/python

# Replaces Debian's file, which imports apport; the image does not contain apport.
cp /opt/runonce/shared/python-flush/sitecustomize.py "/etc/python$(python3 -c 'import sysconfig; print(sysconfig.get_python_version())')/sitecustomize.py"

# The warm interpreter must be compiled for exactly this interpreter.
library=warm/warm.so sources='warm/warm.c warm/heap.c' headers=libpython3-dev command=''
flags=-I$(python3 -c 'import sysconfig; print(sysconfig.get_path("include"))')
. /opt/runonce/shared/preload/make.sh
