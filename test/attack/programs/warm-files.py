# Writes code to all files that a later interpreter could load, and to the files of this interpreter.
import os, site, sys
CODE = 'import os\nos.write(1, b"planted\\n")\n'
planted = []
def plant(path):
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as file:
            file.write(CODE)
        planted.append(path)
    except OSError:
        pass
for folder in [*sys.path, *site.getsitepackages(), os.path.dirname(os.__file__), '/opt/runonce/language', '/opt/runonce/language/warm', '/etc/python3']:
    for name in ('sitecustomize.py', 'usercustomize.py', 'os.py', 'warm.py', 'planted.pth'):
        plant(os.path.join(folder or '/work', name))
for name in ('/opt/runonce/language/warm/warm.so', '/etc/runonce/language.json', '/etc/ld.so.preload', '/usr/bin/python3'):
    plant(name)
plant(os.path.join(site.getusersitepackages(), 'usercustomize.py'))
# /work and /tmp belong to the container and are removed with it.
print([path for path in planted if not path.startswith(('/work/', '/tmp/'))])
