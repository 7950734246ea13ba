cp /opt/runonce/shared/python-flush/sitecustomize.py "/etc/python$(python3 -c 'import sysconfig; print(sysconfig.get_python_version())')/sitecustomize.py"
