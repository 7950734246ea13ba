# Machine code of what compilers and programs use most, made ahead of time; Debian brings that of mcs.exe and mscorlib.dll.
cd /usr/lib/mono/4.5
for assembly in System.dll System.Core.dll System.Xml.dll System.Configuration.dll; do
  mono --aot "$(realpath "$assembly")"
done
