# Compiles the build step, runs it, and stores the classes that it loads in an ahead-of-time cache.
home=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")
ours=/opt/runonce/java
language=$PWD
exports='--add-exports=jdk.compiler/com.sun.tools.javac.api=ALL-UNNAMED'
plain='-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData'
warm='-XX:+UseSerialGC -XX:-UsePerfData'
mkdir -p "$ours" /tmp/classes /tmp/work
javac $exports -d /tmp/classes Compile.java warm/Warm.java
jar --create --file "$ours/compile.jar" -C /tmp/classes .
cp Training.java "$ours"
cp Training.java hello.java /tmp/work/
cd /tmp/work
timeout 60 java $plain -XX:AOTCacheOutput="$ours/compile.aot" -cp "$ours/compile.jar" runonce.Compile Training.java hello.java
rm -r Training.java .runonce
cd "$language"

# The library of the warm interpreter.
library=warm/warm.so sources='warm/warm.c warm/launch.c' headers=''
flags="-DLIBJVM=\"$home/lib/server/libjvm.so\" -I$home/include -I$home/include/linux"
. /opt/runonce/shared/preload/make.sh

# Creates the archive of the warm interpreter from the classes that one run loads. It extends Java's default archive, so
# that the virtual machine starts as with the plain command: threads get the same numbers and objects the same hash
# codes. An ahead-of-time cache would replace the default archive.
cd /tmp/work
timeout 60 perl "$language/warm/runner.pl" hello.java \
    env LD_PRELOAD="$language/warm/warm.so" java $warm -XX:ArchiveClassesAtExit="$ours/warm.jsa" -Djava.class.path="$ours/compile.jar"
chmod -R a+rX "$ours"
