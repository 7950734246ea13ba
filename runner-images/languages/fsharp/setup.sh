# The compiler is a .NET Standard library from the package of the Fable project (version 2.5.1, in bin/fable-cli). Two
# libraries that it needs are in an older version of this package (0.7.50, in bin). Mono loads it with the facades of
# Debian's mono-devel. Only these files are unpacked, because the package depends on all of Mono.
cd /opt/runonce/fable-compiler/bin
mkdir -p /usr/lib/fsharp
mv fable-cli/FSharp.Compiler.Service.dll fable-cli/FSharp.Core.dll System.Collections.Immutable.dll System.Reflection.Metadata.dll \
  /usr/lib/fsharp/
rm -r /opt/runonce/fable-compiler
cd /tmp
apt-get update
apt-get download mono-devel
dpkg-deb --fsys-tarfile mono-devel_*.deb | tar -xf - -C / ./usr/lib/mono/4.5/Facades

cd /usr/lib/fsharp
mcs -nowarn:1701 -out:fsharpc.exe -r:FSharp.Compiler.Service.dll -r:FSharp.Core.dll -r:/usr/lib/mono/4.5/Facades/netstandard.dll \
  /opt/runonce/language/fsharpc.cs
for assembly in *.dll fsharpc.exe; do
  mono --aot "$assembly"
done
ln -s /opt/runonce/language/fsharpc /usr/local/bin/fsharpc
