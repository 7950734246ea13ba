# Compiles the libraries that compilers and programs use most to machine code. Debian includes the machine code of
# mcs.exe and mscorlib.dll.
cd /usr/lib/mono/4.5
for assembly in System.dll System.Core.dll System.Xml.dll System.Configuration.dll; do
  mono --aot "$(realpath "$assembly")"
done
