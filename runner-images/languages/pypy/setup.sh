cp /opt/runonce/shared/python-flush/sitecustomize.py "$(pypy3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')/sitecustomize.py"
